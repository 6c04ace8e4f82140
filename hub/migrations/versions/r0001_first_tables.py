# ruff: noqa: E501
"""Every table of the first release. Drawn by `python -m hub.migrations.redraw`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table('archive',
        sa.Column('sequence', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('id', sa.String(length=80), nullable=False),
        sa.Column('kind', sa.String(length=10), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=120), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('lane', sa.String(length=300), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('headers', sa.JSON(), nullable=False),
        sa.Column('value', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('sequence', name=op.f('pk_archive')),
        sa.UniqueConstraint('id', name=op.f('uq_archive_id'))
    )
    op.create_index('ix_archive_key', 'archive', ['key'], unique=False)
    op.create_index('ix_archive_lane', 'archive', ['lane'], unique=False)
    op.create_table('cleanings',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('trust', sa.JSON(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('begun_by', sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_cleanings'))
    )
    op.create_table('code_history',
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('version', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('state', sa.JSON(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('kind', 'code', 'version', name=op.f('pk_code_history'))
    )
    op.create_table('code_numbers',
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('prefix', sa.String(length=200), nullable=False),
        sa.Column('last', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('kind', 'prefix', name=op.f('pk_code_numbers'))
    )
    op.create_table('codes',
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('folded', sa.String(length=200), nullable=False),
        sa.Column('name_zh', sa.Text(), nullable=False),
        sa.Column('name_en', sa.Text(), nullable=False),
        sa.Column('organisations', sa.JSON(), nullable=False),
        sa.Column('attributes', sa.JSON(), nullable=False),
        sa.Column('status', sa.String(length=20), nullable=False),
        sa.Column('statuses', sa.JSON(), server_default='{}', nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by', sa.String(length=200), nullable=False),
        sa.CheckConstraint("status in ('draft', 'in_review', 'active', 'phase_out', 'blocked', 'obsolete')", name='status_known'),
        sa.CheckConstraint('valid_from is null or valid_to is null or valid_from < valid_to', name='window'),
        sa.PrimaryKeyConstraint('kind', 'code', name=op.f('pk_codes')),
        sa.UniqueConstraint('kind', 'folded', name=op.f('uq_codes_kind_folded'))
    )
    op.create_table('cursors',
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=120), nullable=False),
        sa.Column('cursor', sa.JSON(), nullable=False),
        sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('system', 'entity', name=op.f('pk_cursors'))
    )
    op.create_table('deliveries',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('target', sa.String(length=60), nullable=False),
        sa.Column('document', sa.String(length=300), nullable=False),
        sa.Column('event', sa.String(length=40), nullable=False),
        sa.Column('entity', sa.String(length=60), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('form', sa.String(length=120), nullable=False),
        sa.Column('operation', sa.String(length=40), nullable=False),
        sa.Column('step', sa.String(length=40), nullable=False),
        sa.Column('state', sa.String(length=12), nullable=False),
        sa.Column('settle_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('topic', sa.String(length=120), nullable=False),
        sa.Column('partition', sa.Integer(), nullable=False),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=80), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('began_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_deliveries')),
        sa.UniqueConstraint('target', 'document', 'event', name=op.f('uq_deliveries_target_document_event'))
    )
    op.create_index('ix_deliveries_writing', 'deliveries', ['target', 'topic', 'partition'], unique=False, sqlite_where=sa.text("state = 'writing'"), postgresql_where=sa.text("state = 'writing'"))
    op.create_index('uq_deliveries_open', 'deliveries', ['target', 'document'], unique=True, sqlite_where=sa.text("state in ('writing', 'in_doubt', 'settled')"), postgresql_where=sa.text("state in ('writing', 'in_doubt', 'settled')"))
    op.create_table('dictionary_changes',
        sa.Column('version', sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.Column('origin', sa.String(length=20), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('version', name=op.f('pk_dictionary_changes'))
    )
    op.create_table('dictionary_clock',
        sa.Column('id', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.CheckConstraint('id = 1', name='one_row'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_dictionary_clock'))
    )
    op.create_table('documents',
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=60), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('form', sa.String(length=120), nullable=False),
        sa.Column('organisation', sa.String(length=60), nullable=False),
        sa.Column('id', sa.String(length=120), nullable=False),
        sa.Column('number', sa.String(length=200), nullable=False),
        sa.Column('ours', sa.Boolean(), nullable=False),
        sa.Column('event', sa.String(length=40), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('payload', sa.String(length=64), nullable=False),
        sa.Column('data', sa.LargeBinary(), nullable=True),
        sa.Column('step', sa.String(length=40), nullable=False),
        sa.Column('usable', sa.Boolean(), nullable=False),
        sa.Column('why', sa.String(length=120), nullable=False),
        sa.Column('verify_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('system', 'entity', 'key', name=op.f('pk_documents'))
    )
    op.create_index('ix_documents_id', 'documents', ['system', 'entity', 'id'], unique=False)
    op.create_index('ix_documents_number', 'documents', ['system', 'entity', 'number'], unique=False)
    op.create_index('ix_documents_verify', 'documents', ['system', 'verify_at'], unique=False, sqlite_where=sa.text('verify_at is not null'), postgresql_where=sa.text('verify_at is not null'))
    op.create_table('holds',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('group', sa.String(length=120), nullable=False),
        sa.Column('topic', sa.String(length=120), nullable=False),
        sa.Column('partition', sa.Integer(), nullable=False),
        sa.Column('offset', sa.BigInteger(), nullable=False),
        sa.Column('lane', sa.String(length=300), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=120), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('full_state', sa.Boolean(), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=80), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('concerns', sa.String(length=60), nullable=False),
        sa.Column('ready_version', sa.BigInteger(), nullable=False),
        sa.Column('ready_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('attempts', sa.Integer(), nullable=False),
        sa.Column('wish', sa.String(length=20), nullable=False),
        sa.Column('wish_by', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('held_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_as', sa.String(length=20), nullable=False),
        sa.Column('message', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_holds')),
        sa.UniqueConstraint('group', 'topic', 'partition', 'offset', name=op.f('uq_holds_group_topic_partition_offset'))
    )
    op.create_index('ix_holds_lane', 'holds', ['group', 'topic', 'partition', 'lane', 'offset'], unique=False, sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_holds_ready_lane', 'holds', ['group', 'topic', 'partition', 'lane', 'offset'], unique=False, sqlite_where=sa.text("state = 'ready'"), postgresql_where=sa.text("state = 'ready'"))
    op.create_index('ix_holds_record', 'holds', ['group', 'topic', 'partition', 'lane', 'entity', 'key'], unique=False, sqlite_where=sa.text("state <> 'closed'"), postgresql_where=sa.text("state <> 'closed'"))
    op.create_index('ix_holds_time', 'holds', ['ready_at'], unique=False, sqlite_where=sa.text("state = 'waiting'"), postgresql_where=sa.text("state = 'waiting'"))
    op.create_table('import_batches',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('file', sa.Text(), nullable=False),
        sa.Column('digest', sa.String(length=64), nullable=False),
        sa.Column('only_good', sa.Boolean(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('counts', sa.JSON(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('done', sa.Integer(), nullable=False),
        sa.Column('proposed_by', sa.String(length=200), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('decided_by', sa.String(length=200), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undone_by', sa.String(length=200), nullable=True),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('remark', sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("state = 'withdrawn' or decided_by is null or decided_by <> proposed_by", name='four_eyes'),
        sa.CheckConstraint("state in ('writing', 'proposed', 'refused', 'withdrawn', 'applying', 'applied', 'undoing', 'undone')", name='state_known'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_import_batches'))
    )
    op.create_index('ix_import_batches_state', 'import_batches', ['state'], unique=False)
    op.create_table('incidents',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('subject', sa.String(length=300), nullable=False),
        sa.Column('grade', sa.Integer(), nullable=False),
        sa.Column('concerns', sa.String(length=60), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('count', sa.Integer(), nullable=False),
        sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('closed_by', sa.String(length=80), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_incidents'))
    )
    op.create_index('uq_incidents_open', 'incidents', ['kind', 'subject'], unique=True, sqlite_where=sa.text('closed_at is null'), postgresql_where=sa.text('closed_at is null'))
    op.create_table('leases',
        sa.Column('name', sa.String(length=120), nullable=False),
        sa.Column('holder', sa.String(length=120), nullable=False),
        sa.Column('epoch', sa.BigInteger(), nullable=False),
        sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('name', name=op.f('pk_leases'))
    )
    op.create_table('outbox',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('topic', sa.String(length=120), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('value', sa.LargeBinary(), nullable=False),
        sa.Column('headers', sa.JSON(), nullable=False),
        sa.Column('written_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_unpublished', 'outbox', ['id'], unique=False, sqlite_where=sa.text('published_at is null'), postgresql_where=sa.text('published_at is null'))
    op.create_table('ownership',
        sa.Column('group', sa.String(length=120), nullable=False),
        sa.Column('topic', sa.String(length=120), nullable=False),
        sa.Column('partition', sa.Integer(), nullable=False),
        sa.Column('epoch', sa.BigInteger(), nullable=False),
        sa.Column('next_offset', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('group', 'topic', 'partition', name=op.f('pk_ownership'))
    )
    op.create_table('progress_told',
        sa.Column('line_key', sa.String(length=320), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('content', sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint('line_key', name=op.f('pk_progress_told'))
    )
    op.create_table('proposals',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('change', sa.JSON(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('proposed_by', sa.String(length=200), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=True),
        sa.Column('route', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('replaces', sa.Integer(), nullable=True),
        sa.CheckConstraint("state in ('open', 'approved', 'refused', 'withdrawn')", name='state_known'),
        sa.ForeignKeyConstraint(['replaces'], ['proposals.id'], name=op.f('fk_proposals_replaces')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposals')),
        sa.UniqueConstraint('id', 'proposed_by', name=op.f('uq_proposals_id_proposed_by'))
    )
    op.create_table('quality_days',
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('figure', sa.String(length=20), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('steward', sa.String(length=200), nullable=False),
        sa.Column('good', sa.BigInteger(), nullable=False),
        sa.Column('all', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('day', 'figure', 'kind', 'system', 'steward', name=op.f('pk_quality_days'))
    )
    op.create_table('read_demand',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('line_key', sa.String(length=300), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', 'position', name=op.f('pk_read_demand'))
    )
    op.create_index(op.f('ix_read_demand_line_key'), 'read_demand', ['line_key'], unique=False)
    op.create_table('read_documents',
        sa.Column('entity', sa.String(length=50), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('entity', 'key', 'source', name=op.f('pk_read_documents'))
    )
    op.create_table('read_events',
        sa.Column('id', sa.String(length=64), nullable=False),
        sa.Column('entity', sa.String(length=50), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_read_events'))
    )
    op.create_index('ix_read_events_entity_key', 'read_events', ['entity', 'key'], unique=False)
    op.create_table('read_inspections',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('production_order', sa.String(length=300), nullable=True),
        sa.Column('sequence', sa.Integer(), nullable=True),
        sa.Column('stage', sa.String(length=40), nullable=True),
        sa.Column('disposition', sa.String(length=40), nullable=True),
        sa.Column('inspected', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('inspected_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_inspections'))
    )
    op.create_index(op.f('ix_read_inspections_production_order'), 'read_inspections', ['production_order'], unique=False)
    op.create_table('read_invoice_items',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('line_key', sa.String(length=300), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', 'position', name=op.f('pk_read_invoice_items'))
    )
    op.create_index(op.f('ix_read_invoice_items_line_key'), 'read_invoice_items', ['line_key'], unique=False)
    op.create_table('read_invoices',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('invoiced_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_invoices'))
    )
    op.create_table('read_jobs',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('production_order', sa.String(length=300), nullable=True),
        sa.Column('sequence', sa.Integer(), nullable=True),
        sa.Column('operation', sa.String(length=120), nullable=True),
        sa.Column('work_center', sa.String(length=120), nullable=True),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_jobs'))
    )
    op.create_index(op.f('ix_read_jobs_production_order'), 'read_jobs', ['production_order'], unique=False)
    op.create_table('read_line_versions',
        sa.Column('event_id', sa.String(length=64), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('promised_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('event_id', 'position', name=op.f('pk_read_line_versions'))
    )
    op.create_index(op.f('ix_read_line_versions_key'), 'read_line_versions', ['key'], unique=False)
    op.create_table('read_numbers',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('entity', sa.String(length=50), nullable=False),
        sa.Column('number', sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint('key', 'source', 'entity', 'number', name=op.f('pk_read_numbers'))
    )
    op.create_index(op.f('ix_read_numbers_number'), 'read_numbers', ['number'], unique=False)
    op.create_table('read_operations',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('operation', sa.String(length=120), nullable=True),
        sa.Column('work_center', sa.String(length=120), nullable=True),
        sa.Column('outsourced', sa.Boolean(), nullable=False),
        sa.Column('inspected', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('key', 'source', 'sequence', name=op.f('pk_read_operations'))
    )
    op.create_table('read_order_items',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('line', sa.Integer(), nullable=False),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('requested_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('first_promised_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('promised_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('under_percent', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('over_percent', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', 'line', name=op.f('pk_read_order_items'))
    )
    op.create_table('read_order_lines',
        sa.Column('line_key', sa.String(length=320), nullable=False),
        sa.Column('order_key', sa.String(length=300), nullable=False),
        sa.Column('line', sa.Integer(), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('customer', sa.String(length=120), nullable=True),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('state', sa.String(length=40), nullable=False),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('produced', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('received', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('shipped', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('invoiced', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('requested_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('first_promised_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('promised_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('under_percent', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('over_percent', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('t0', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t1', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t2', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t3', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t4', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t5', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t6', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t7', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t8', sa.DateTime(timezone=True), nullable=True),
        sa.Column('t9', sa.DateTime(timezone=True), nullable=True),
        sa.Column('invoiced_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('not_applicable', sa.String(length=120), nullable=False),
        sa.Column('missing', sa.String(length=120), nullable=False),
        sa.Column('within_making', sa.String(length=120), nullable=False),
        sa.Column('waits_for', sa.String(length=40), nullable=False),
        sa.Column('heard_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('line_key', name=op.f('pk_read_order_lines'))
    )
    op.create_index(op.f('ix_read_order_lines_order_key'), 'read_order_lines', ['order_key'], unique=False)
    op.create_table('read_orders',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('customer', sa.String(length=120), nullable=True),
        sa.Column('ordered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_orders'))
    )
    op.create_table('read_plan_versions',
        sa.Column('event_id', sa.String(length=64), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('entity', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('event_id', 'position', name=op.f('pk_read_plan_versions'))
    )
    op.create_index(op.f('ix_read_plan_versions_key'), 'read_plan_versions', ['key'], unique=False)
    op.create_table('read_plans',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('planned_start_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('planned_end_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_plans'))
    )
    op.create_table('read_production_orders',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('routing', sa.String(length=300), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('kind', sa.String(length=40), nullable=True),
        sa.Column('subcontracted', sa.Boolean(), nullable=True),
        sa.Column('supplier', sa.String(length=120), nullable=True),
        sa.Column('created_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('released_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('planned_start_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('planned_end_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reason', sa.String(length=120), nullable=True),
        sa.Column('actual_start_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('actual_end_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('over_percent', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('plan', sa.String(length=300), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_production_orders'))
    )
    op.create_index(op.f('ix_read_production_orders_material'), 'read_production_orders', ['material'], unique=False)
    op.create_index(op.f('ix_read_production_orders_plan'), 'read_production_orders', ['plan'], unique=False)
    op.create_table('read_receipts',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('production_order', sa.String(length=300), nullable=True),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('declared_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('posted_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_receipts'))
    )
    op.create_index(op.f('ix_read_receipts_production_order'), 'read_receipts', ['production_order'], unique=False)
    op.create_table('read_reports',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('production_order', sa.String(length=300), nullable=True),
        sa.Column('sequence', sa.Integer(), nullable=True),
        sa.Column('operation', sa.String(length=120), nullable=True),
        sa.Column('work_center', sa.String(length=120), nullable=True),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.Column('first_pass', sa.Boolean(), nullable=False),
        sa.Column('is_final', sa.Boolean(), nullable=False),
        sa.Column('unit', sa.String(length=20), nullable=True),
        sa.Column('good', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('concession', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('scrap', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('rework', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('repair', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('reported_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('business_date', sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_reports'))
    )
    op.create_index(op.f('ix_read_reports_production_order'), 'read_reports', ['production_order'], unique=False)
    op.create_table('read_routing_steps',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('sequence', sa.Integer(), nullable=False),
        sa.Column('operation', sa.String(length=120), nullable=True),
        sa.Column('work_center', sa.String(length=120), nullable=True),
        sa.Column('outsourced', sa.Boolean(), nullable=False),
        sa.Column('inspected', sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint('key', 'source', 'sequence', name=op.f('pk_read_routing_steps'))
    )
    op.create_table('read_routings',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('material', sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_routings'))
    )
    op.create_index(op.f('ix_read_routings_material'), 'read_routings', ['material'], unique=False)
    op.create_table('read_shipment_items',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('position', sa.Integer(), nullable=False),
        sa.Column('line_key', sa.String(length=300), nullable=True),
        sa.Column('quantity', sa.Text().with_variant(sa.Numeric(), "postgresql"), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', 'position', name=op.f('pk_read_shipment_items'))
    )
    op.create_index(op.f('ix_read_shipment_items_line_key'), 'read_shipment_items', ['line_key'], unique=False)
    op.create_table('read_shipments',
        sa.Column('key', sa.String(length=300), nullable=False),
        sa.Column('source', sa.String(length=50), nullable=False),
        sa.Column('organisation', sa.String(length=50), nullable=False),
        sa.Column('state', sa.String(length=40), nullable=True),
        sa.Column('reverses', sa.String(length=300), nullable=True),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('happened_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('shipped_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('business_date', sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint('key', 'source', name=op.f('pk_read_shipments'))
    )
    op.create_table('record_states',
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=120), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.Column('content', sa.String(length=64), nullable=False),
        sa.Column('events', sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint('system', 'entity', 'key', name=op.f('pk_record_states'))
    )
    op.create_table('releases',
        sa.Column('cause', sa.String(length=600), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('waiting', sa.Integer(), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('marked_at', sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint('cause', name=op.f('pk_releases'))
    )
    op.create_index('ix_releases_open', 'releases', ['begun_at'], unique=False, sqlite_where=sa.text('marked_at is null'), postgresql_where=sa.text('marked_at is null'))
    op.create_table('repeats',
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('what', sa.String(length=64), nullable=False),
        sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('status', sa.Integer(), nullable=False),
        sa.Column('body', sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint('key', name=op.f('pk_repeats'))
    )
    op.create_index(op.f('ix_repeats_begun_at'), 'repeats', ['begun_at'], unique=False)
    op.create_table('revisions',
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('entity', sa.String(length=120), nullable=False),
        sa.Column('key', sa.String(length=200), nullable=False),
        sa.Column('revision', sa.BigInteger(), nullable=False),
        sa.Column('confirmed', sa.BigInteger(), nullable=False),
        sa.Column('content', sa.String(length=64), nullable=False),
        sa.Column('version', sa.String(length=64), nullable=True),
        sa.Column('correction', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('system', 'entity', 'key', name=op.f('pk_revisions'))
    )
    op.create_table('system_states',
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('code', sa.String(length=80), nullable=False),
        sa.Column('facts', sa.JSON(), nullable=False),
        sa.Column('since', sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint('system', name=op.f('pk_system_states'))
    )
    op.create_table('tallies',
        sa.Column('loop', sa.String(length=30), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('outcome', sa.String(length=30), nullable=False),
        sa.Column('count', sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint('loop', 'system', 'outcome', name=op.f('pk_tallies'))
    )
    op.create_table('unit_conversions',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('material', sa.String(length=200), nullable=False),
        sa.Column('from_unit', sa.String(length=20), nullable=False),
        sa.Column('to_unit', sa.String(length=20), nullable=False),
        sa.Column('numerator', sa.BigInteger(), nullable=False),
        sa.Column('denominator', sa.BigInteger(), nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by', sa.String(length=200), nullable=False),
        sa.CheckConstraint('numerator > 0 and denominator > 0', name='factor_positive'),
        sa.CheckConstraint('valid_from is null or valid_to is null or valid_from < valid_to', name='window'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_conversions'))
    )
    op.create_index('ix_unit_conversions_units', 'unit_conversions', ['material', 'from_unit', 'to_unit'], unique=False)
    op.create_table('approvals',
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.Column('proposed_by', sa.String(length=200), nullable=False),
        sa.Column('decision', sa.String(length=20), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('step', sa.String(length=60), nullable=True),
        sa.Column('fields', sa.JSON(), server_default='{}', nullable=False),
        sa.CheckConstraint("decision in ('signed', 'approved', 'refused', 'withdrawn')", name='decision_known'),
        sa.CheckConstraint('decision = \'withdrawn\' or "by" <> proposed_by', name='four_eyes'),
        sa.ForeignKeyConstraint(['proposal_id', 'proposed_by'], ['proposals.id', 'proposals.proposed_by'], name=op.f('fk_approvals_proposal_id_proposed_by')),
        sa.PrimaryKeyConstraint('proposal_id', 'by', name=op.f('pk_approvals')),
        sa.UniqueConstraint('proposal_id', 'step', name=op.f('uq_approvals_proposal_id_step'))
    )
    op.create_table('cleaning_clusters',
        sa.Column('cleaning', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('is_new', sa.Integer(), nullable=False),
        sa.Column('zh', sa.Text(), nullable=False),
        sa.Column('en', sa.Text(), nullable=False),
        sa.Column('attributes', sa.JSON(), nullable=False),
        sa.Column('differing', sa.JSON(), nullable=False),
        sa.Column('doubts', sa.JSON(), nullable=False),
        sa.Column('score', sa.Float(), nullable=False),
        sa.Column('rows', sa.Integer(), nullable=False),
        sa.Column('systems', sa.Integer(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('proposal', sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(['cleaning'], ['cleanings.id'], name=op.f('fk_cleaning_clusters_cleaning')),
        sa.PrimaryKeyConstraint('cleaning', 'number', name=op.f('pk_cleaning_clusters'))
    )
    op.create_index('ix_cleaning_clusters_open', 'cleaning_clusters', ['cleaning', 'state', 'number'], unique=False)
    op.create_table('cleaning_rows',
        sa.Column('cleaning', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('organisation', sa.String(length=60), nullable=False),
        sa.Column('local_code', sa.String(length=400), nullable=False),
        sa.Column('zh', sa.Text(), nullable=False),
        sa.Column('en', sa.Text(), nullable=False),
        sa.Column('attributes', sa.JSON(), nullable=False),
        sa.Column('cluster', sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(['cleaning'], ['cleanings.id'], name=op.f('fk_cleaning_rows_cleaning')),
        sa.PrimaryKeyConstraint('cleaning', 'number', name=op.f('pk_cleaning_rows'))
    )
    op.create_index('ix_cleaning_rows_cluster', 'cleaning_rows', ['cleaning', 'cluster'], unique=False)
    op.create_table('code_aliases',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('alias', sa.String(length=200), nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=False),
        sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
        sa.Column('undo', sa.JSON(), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.CheckConstraint('alias <> code', name='not_itself'),
        sa.CheckConstraint('valid_from is null or valid_to is null or valid_from < valid_to', name='window'),
        sa.ForeignKeyConstraint(['kind', 'alias'], ['codes.kind', 'codes.code'], name=op.f('fk_code_aliases_kind_alias')),
        sa.ForeignKeyConstraint(['kind', 'code'], ['codes.kind', 'codes.code'], name=op.f('fk_code_aliases_kind_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_code_aliases'))
    )
    op.create_index('ix_code_aliases_code', 'code_aliases', ['kind', 'code'], unique=False)
    op.create_index('uq_code_aliases_open', 'code_aliases', ['kind', 'alias'], unique=True, sqlite_where=sa.text('valid_to IS NULL'), postgresql_where=sa.text('code_aliases.valid_to IS NULL'))
    op.create_table('corrections',
        sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=True, nullable=False),
        sa.Column('hold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('payload', sa.JSON(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=False),
        sa.Column('proposed_by', sa.String(length=80), nullable=False),
        sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('state', sa.String(length=10), nullable=False),
        sa.Column('decided_by', sa.String(length=80), nullable=False),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decision', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['hold'], ['holds.id'], name=op.f('fk_corrections_hold'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_corrections'))
    )
    op.create_index('uq_corrections_open', 'corrections', ['hold'], unique=True, sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"))
    op.create_table('cross_references',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('organisation', sa.String(length=60), nullable=False),
        sa.Column('local_code', sa.String(length=400), nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('preferred', sa.Boolean(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('valid_from', sa.DateTime(timezone=True), nullable=True),
        sa.Column('valid_to', sa.DateTime(timezone=True), nullable=True),
        sa.Column('origin', sa.String(length=20), nullable=False),
        sa.Column('version', sa.BigInteger(), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('changed_by', sa.String(length=200), nullable=False),
        sa.CheckConstraint("state in ('usable', 'unaudited', 'unassigned', 'disabled')", name='state_known'),
        sa.CheckConstraint('valid_from is null or valid_to is null or valid_from < valid_to', name='window'),
        sa.ForeignKeyConstraint(['kind', 'code'], ['codes.kind', 'codes.code'], name=op.f('fk_cross_references_kind_code')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_cross_references'))
    )
    op.create_index('ix_cross_references_code', 'cross_references', ['kind', 'code', 'system'], unique=False)
    op.create_index('ix_cross_references_local', 'cross_references', ['kind', 'system', 'local_code'], unique=False)
    op.create_index('uq_cross_references_open_local', 'cross_references', ['kind', 'system', 'organisation', 'local_code'], unique=True, sqlite_where=sa.text('valid_to IS NULL'), postgresql_where=sa.text('cross_references.valid_to IS NULL'))
    op.create_index('uq_cross_references_preferred', 'cross_references', ['kind', 'system', 'organisation', 'code'], unique=True, sqlite_where=sa.text('valid_to IS NULL AND preferred = 1'), postgresql_where=sa.text('cross_references.valid_to IS NULL AND cross_references.preferred'))
    op.create_table('hold_causes',
        sa.Column('hold', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
        sa.Column('cause', sa.String(length=600), nullable=False),
        sa.Column('kind', sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(['hold'], ['holds.id'], name=op.f('fk_hold_causes_hold'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('hold', 'cause', name=op.f('pk_hold_causes'))
    )
    op.create_index('ix_hold_causes_cause', 'hold_causes', ['cause'], unique=False)
    op.create_index('ix_hold_causes_kind', 'hold_causes', ['kind'], unique=False)
    op.create_table('import_rows',
        sa.Column('batch_id', sa.Integer(), nullable=False),
        sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('sheet', sa.Text(), nullable=False),
        sa.Column('row', sa.Integer(), nullable=False),
        sa.Column('code', sa.String(length=200), nullable=False),
        sa.Column('verdict', sa.String(length=20), nullable=False),
        sa.Column('changes', sa.JSON(), nullable=False),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('before', sa.JSON(none_as_null=True), nullable=True),
        sa.Column('version', sa.BigInteger(), nullable=True),
        sa.Column('remark', sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'applied', 'failed', 'undone', 'kept')", name='state_known'),
        sa.ForeignKeyConstraint(['batch_id'], ['import_batches.id'], name=op.f('fk_import_rows_batch_id')),
        sa.PrimaryKeyConstraint('batch_id', 'number', name=op.f('pk_import_rows'))
    )
    op.create_index('ix_import_rows_state', 'import_rows', ['batch_id', 'state'], unique=False)
    op.create_table('proposal_comments',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('by', sa.String(length=200), nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('text', sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_proposal_comments_proposal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_comments'))
    )
    op.create_index('ix_proposal_comments_proposal', 'proposal_comments', ['proposal_id'], unique=False)
    op.create_table('proposal_reminders',
        sa.Column('proposal_id', sa.Integer(), nullable=False),
        sa.Column('step', sa.String(length=60), nullable=False),
        sa.Column('period', sa.Integer(), autoincrement=False, nullable=False),
        sa.Column('at', sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_proposal_reminders_proposal_id')),
        sa.PrimaryKeyConstraint('proposal_id', 'step', 'period', name=op.f('pk_proposal_reminders'))
    )
    op.create_table('unknown_codes',
        sa.Column('id', sa.Integer(), nullable=False),
        sa.Column('kind', sa.String(length=60), nullable=False),
        sa.Column('system', sa.String(length=60), nullable=False),
        sa.Column('organisation', sa.String(length=60), nullable=False),
        sa.Column('local_code', sa.String(length=400), nullable=False),
        sa.Column('cause', sa.Text(), nullable=False),
        sa.Column('about', sa.JSON(), nullable=False),
        sa.Column('first_seen', sa.DateTime(timezone=True), nullable=False),
        sa.Column('last_seen', sa.DateTime(timezone=True), nullable=False),
        sa.Column('open_since', sa.DateTime(timezone=True), nullable=True),
        sa.Column('first_message', sa.String(length=600), nullable=True),
        sa.Column('last_message', sa.String(length=600), nullable=True),
        sa.Column('state', sa.String(length=20), nullable=False),
        sa.Column('proposal_id', sa.Integer(), nullable=True),
        sa.Column('code', sa.String(length=200), nullable=True),
        sa.Column('verdict', sa.String(length=20), nullable=True),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.Column('decided_by', sa.String(length=200), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state in ('open', 'answered', 'refused')", name='state_known'),
        sa.ForeignKeyConstraint(['proposal_id'], ['proposals.id'], name=op.f('fk_unknown_codes_proposal_id')),
        sa.PrimaryKeyConstraint('id', name=op.f('pk_unknown_codes')),
        sa.UniqueConstraint('cause', name=op.f('uq_unknown_codes_cause'))
    )
    op.create_index('ix_unknown_codes_local', 'unknown_codes', ['kind', 'system', 'local_code'], unique=False)
