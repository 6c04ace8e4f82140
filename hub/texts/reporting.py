"""What reports and journeys say: milestones, holders, what a line waits for, KPIs, findings."""

from __future__ import annotations

from hub.texts.text import Text

MILESTONES: dict[str, Text] = {
    "milestone-t0": Text("订单确认", "order confirmed"),
    "milestone-t1": Text("ERP 接单", "accepted by the ERP"),
    "milestone-t2": Text("生产工单创建", "production order made"),
    "milestone-t3": Text("生产工单下达", "production order released"),
    "milestone-t4": Text("首道工序开工", "first operation started"),
    "milestone-t5": Text("末道工序完工", "last operation ended"),
    "milestone-t6": Text("完工检验合格", "final inspection passed"),
    "milestone-t7": Text("完工入库", "received into stock"),
    "milestone-t8": Text("发货", "shipped"),
    "milestone-t9": Text("客户签收", "signed for by the customer"),
    "milestone-invoice": Text("开票", "invoiced"),
}

STAGES: dict[str, Text] = {
    "stage-t1": Text("订单处理", "order processing"),
    "stage-t2": Text("计划", "planning"),
    "stage-t3": Text("等待下达", "wait for release"),
    "stage-t4": Text("排队等待开工", "queue before start"),
    "stage-t5": Text("加工", "making"),
    "stage-t6": Text("检验", "quality control"),
    "stage-t7": Text("入库", "putting into stock"),
    "stage-t8": Text("等待发货", "wait for dispatch"),
    "stage-t9": Text("运输", "transit"),
}

STATUSES: dict[str, Text] = {
    "milestone-reached": Text("已完成", "reached"),
    "milestone-partly": Text("部分完成", "partly reached"),
    "milestone-open": Text("未到", "not yet"),
    "milestone-missing": Text("缺失(后续环节已发生)", "missing: a later one is reached"),
    "milestone-not-applicable": Text("不适用", "does not apply"),
    "milestone-at-supplier": Text("在供应商处", "at the supplier"),
    "milestone-negative": Text("时间倒置(早于上一环节)", "earlier than the one before"),
}

WAITING: dict[str, Text] = {
    "waits-for-confirmation": Text("等待订单确认", "the order to be confirmed"),
    "waits-for-acceptance": Text("等待 ERP 审核接单", "the ERP to accept the order"),
    "waits-for-planning": Text("等待排产(生产工单)", "a production order"),
    "waits-for-release": Text("等待生产工单下达", "the production order to be released"),
    "waits-for-start": Text("等待开工", "work to start"),
    "waits-for-production": Text("生产中,等待完工", "work to end"),
    "waits-for-inspection": Text("等待完工检验", "the final inspection"),
    "waits-for-receipt": Text("等待入库", "receipt into stock"),
    "waits-for-shipment": Text("等待发货", "shipment"),
    "waits-for-signature": Text("等待客户签收", "the customer's signature"),
    "waits-for-invoice": Text("等待开票", "the invoice"),
    "waits-for-supplier": Text("委外加工中,等待供应商", "the supplier, who has the pieces"),
}

HOLDERS: dict[str, Text] = {
    "holder-sales": Text("销售", "sales"),
    "holder-order-audit": Text("ERP 订单审核人", "the ERP's order auditor"),
    "holder-planner": Text("计划员", "planner"),
    "holder-workshop": Text("车间", "workshop"),
    "holder-supplier": Text("供应商", "supplier"),
    "holder-quality": Text("质检", "quality"),
    "holder-warehouse": Text("仓库", "warehouse"),
    "holder-shipping": Text("发运", "shipping"),
    "holder-customer": Text("客户", "customer"),
    "holder-finance": Text("财务", "finance"),
}

KPIS: dict[str, Text] = {
    "kpi-on-time-requested": Text("准时交付率(按客户要求日)", "on-time delivery, by requested date"),
    "kpi-on-time-first-promise": Text("准时交付率(按首次承诺日)", "on-time delivery, by first promise"),
    "kpi-on-time-last-promise": Text("准时交付率(按最新承诺日)", "on-time delivery, by last promise"),
    "kpi-on-time-quantity": Text("准时交付数量比(按首次承诺日)", "quantity on time, by first promise"),
    "kpi-plan-attainment": Text("计划达成率(按计划·日)", "plan attainment, per plan and day"),
    "kpi-plan-volume": Text("计划达成率(按总量)", "plan attainment, by volume"),
    "kpi-wip": Text("在制品数量", "work in process"),
    "kpi-first-pass-yield": Text("一次合格率", "first-pass yield"),
    "kpi-rolled-yield": Text("直通率", "rolled yield"),
    "kpi-scrap-ratio": Text("报废率", "scrap ratio"),
    "kpi-rework-ratio": Text("返工率", "rework ratio"),
    "kpi-concession-ratio": Text("让步接收率", "concession ratio"),
    "kpi-order-yield": Text("生产工单合格率(含返工)", "order yield, rework included"),
    "kpi-lead-time": Text("交付周期", "lead time"),
    "kpi-loop-completeness": Text("闭环完整率", "loop completeness"),
    "kpi-feedback-age": Text("最近反馈距今", "age of the last feedback"),
    "kpi-nothing-due": Text("期间内无到期订单行", "no order line was due in the period"),
    "kpi-nothing-planned": Text("期间内无计划", "nothing was planned in the period"),
    "kpi-nothing-processed": Text("期间内无报工", "nothing was reported in the period"),
    "kpi-no-lines": Text("期间内无订单行", "no order lines in the period"),
    "kpi-no-stages": Text("期间内无完成的环节", "no stage was completed in the period"),
    "kpi-nothing-heard": Text("尚无反馈", "nothing was heard yet"),
    "basis-shipped": Text("出库", "shipment"),
    "basis-signed": Text("签收", "signed receipt"),
    "basis-production_plan": Text("生产计划", "production plan"),
    "basis-production_order": Text("生产工单", "production order"),
}

FORMULAS: dict[str, Text] = {
    "formula-on-time-requested": Text("按要求日足量交付的订单行 / 到期订单行", "lines delivered in full by the requested date / lines due"),
    "formula-on-time-first-promise": Text("按首次承诺日足量交付的订单行 / 到期订单行", "lines delivered in full by the first promise / lines due"),
    "formula-on-time-last-promise": Text("按最新承诺日足量交付的订单行 / 到期订单行", "lines delivered in full by the last promise / lines due"),
    "formula-on-time-quantity": Text("Σ min(首次承诺日前交付量, 订单量) / Σ 到期订单量", "Σ min(quantity by the first promise, quantity) / Σ quantity due"),
    "formula-plan-attainment": Text("Σ min(当日止产出, 冻结计划) / Σ 冻结计划(按生产计划·日;无计划的按生产工单·日)", "Σ min(made by the end of the day, frozen plan) / Σ frozen plan, per production plan and day; per production order where there is no plan"),
    "formula-plan-volume": Text("Σ 期间产出 / Σ 冻结计划", "Σ made in the period / Σ frozen plan"),
    "formula-wip": Text("首道报工数 − 报废 − 入库", "reported at the first operation − scrap − received"),
    "formula-first-pass-yield": Text("首次合格数 / 首次加工数(不含返工)", "GP / IP: good pieces of the first run / pieces of the first run"),
    "formula-rolled-yield": Text("Π 各工序一次合格率(按物料)", "Π first-pass yields of a material's operations"),
    "formula-scrap-ratio": Text("报废数 / 加工数(SQ/PQ)", "SQ / PQ: scrap / pieces processed"),
    "formula-rework-ratio": Text("返工与返修数 / 加工数(RQ/PQ)", "RQ / PQ: pieces sent to rework or repair / pieces processed"),
    "formula-concession-ratio": Text("让步接收数 / 加工数", "pieces accepted by concession / pieces processed"),
    "formula-order-yield": Text("合格数(含返工后合格)/ 加工数", "good pieces, mended ones included / pieces processed"),
    "formula-lead-time": Text("各里程碑之间的日历小时数,P50 与 P85", "calendar hours from milestone to milestone, P50 and P85"),
    "formula-loop-completeness": Text("适用里程碑齐全的订单行 / 已确认订单行", "lines with every milestone that applies / confirmed lines"),
    "formula-feedback-age": Text("当前时刻 − ERP 或 MES 最近一次反馈(未完订单行)", "now − the last word of ERP or MES about open lines"),
}

FINDINGS: dict[str, Text] = {
    "finding-over-confirmed": Text(
        "{document} 工序 {place}:合格与让步共“{found}”,超过下达数量“{allowed}”。请核对报工单,或追加生产工单数量。",
        "{document}, operation {place}: good and conceded pieces are '{found}', above the '{allowed}' released. Check the reports, or raise the order.",
    ),
    "finding-input-exceeds-output": Text(
        "{document} 工序 {place}:投入“{found}”,多于上道工序产出“{allowed}”。可能是报工迟到;一天后仍如此请核对。",
        "{document}, operation {place}: took in '{found}', more than the '{allowed}' that came out before it. Reports may be late; check if it stays so.",
    ),
    "finding-negative-balance": Text(
        "{document}:产出、报废与待返工合计“{found}”,多于投产“{allowed}”。请核对报工单与入库单。",
        "{document}: received, scrapped and waiting for rework make '{found}', more than the '{allowed}' started. Check reports and receipts.",
    ),
    "finding-reversed-twice": Text(
        "{document} 被冲销 {found} 次。只有一次有效,请核对冲销单。", "{document} was reversed {found} times. Only one counts; check the reversals."
    ),
    "finding-reversal-reversed": Text(
        "{document} 冲销了另一张冲销单“{found}”,不起作用。请重新录入原单。", "{document} reverses the reversal '{found}', which has no effect. Enter the fact again."
    ),
    "finding-reversed-after-shipment": Text(
        "{document} 冲销后,{place} 已发货“{found}”多于入库“{allowed}”。请先冲销发货。",
        "{document} was reversed, but '{found}' of {place} are shipped, more than the '{allowed}' received. Reverse the shipment first.",
    ),
    "finding-reversed-after-receipt": Text(
        "{document} 冲销后,已入库“{found}”多于末道工序产出“{allowed}”。请先冲销入库单。",
        "{document} was reversed, but '{found}' are received, more than the '{allowed}' that came out of the last operation. Reverse the receipt first.",
    ),
    "finding-over-delivered": Text(
        "{document}:已发货“{found}”,超过订单数量(含超交允差)“{allowed}”。请与客户确认后更改订单,或办理退货。",
        "{document}: '{found}' are shipped, more than the '{allowed}' ordered, tolerance included. Agree it with the customer and change the order, or take the rest back.",
    ),
    "finding-closed-short": Text(
        "{document}:已发货“{found}”,不足“{allowed}”即被关闭,而订单归口系统未关闭。请由销售决定:关闭订单,或恢复后补发。",
        "{document}: closed with '{found}' shipped, below the '{allowed}' that fulfil it, and not by the order's owner. Sales decides: close the order, or open it again and ship the rest.",
    ),
    "finding-ends-before-it-starts": Text(
        "{document}:结束“{end}”早于开始“{start}”。不计入时间类指标,数量照计。请核对终端时钟。",
        "{document}: ends at '{end}', before its start at '{start}'. Left out of figures of time, kept in quantities. Check the terminal's clock.",
    ),
    "finding-too-long": Text(
        "{document}:从“{start}”到“{end}”,一个班次内超过 24 小时。不计入时间类指标,数量照计。请核对。",
        "{document}: lasts from '{start}' to '{end}', more than 24 hours in one shift. Left out of figures of time, kept in quantities. Check it.",
    ),
    "finding-in-future": Text(
        "{document}:时间“{end}”晚于中枢收到的时刻“{heard}”。不计入时间类指标,数量照计。请核对终端时钟与时区。",
        "{document}: its time '{end}' lies after the moment the hub heard of it, '{heard}'. Left out of figures of time, kept in quantities. Check the terminal's clock and time zone.",
    ),
}

REPORTING: dict[str, Text] = {**MILESTONES, **STAGES, **STATUSES, **WAITING, **HOLDERS, **KPIS, **FORMULAS, **FINDINGS}
