"""The sentences of the exchange of workbooks: what is wrong with a file, a column, a cell, an import; and the words of templates."""

from __future__ import annotations

from hub.texts.text import Text

FILES: dict[str, Text] = {
    "file-empty": Text("文件 “{file}” 是空的。请检查是否选错文件。", "The file '{file}' is empty. Check whether it is the right one."),
    "file-too-large": Text("文件 “{file}” 过大({what}:{size},上限 {limit})。请拆分后分批导入。", "The file '{file}' is too large ({what}: {size}, limit {limit}). Split it and import it in parts."),
    "zip-bomb": Text(
        "文件 “{file}” 中的 “{part}” 由 {packed} 字节解压为 {size} 字节,疑似压缩炸弹,已拒绝打开。请用 Excel 另存为新的 xlsx 再试。",
        "In the file '{file}' the part '{part}' would grow from {packed} to {size} bytes: it looks like a zip bomb and is not opened. Save it anew as xlsx with Excel.",
    ),
    "file-broken": Text("文件 “{file}” 已损坏或不完整:{what}。请用 Excel 打开并另存后重试。", "The file '{file}' is broken or incomplete: {what}. Open it in Excel, save it anew and try again."),
    "file-encrypted": Text("文件 “{file}” 有密码保护,无法读取。请取消密码后重试。", "The file '{file}' is protected by a password and cannot be read. Take the password away and try again."),
    "macros-refused": Text("文件 “{file}” 含有宏或外部程序链接(“{part}”),已拒绝。请另存为不含宏的 xlsx。", "The file '{file}' holds macros or calls other programs ('{part}') and is refused. Save it as an xlsx without them."),
    "form-unknown": Text("文件 “{file}” 是 {form} 格式,不是 xlsx、xls 或 csv。请用 Excel 另存为 xlsx。", "The file '{file}' is {form}, not xlsx, xls or csv. Open it in Excel and save it as xlsx."),
    "file-not-text": Text("文件 “{file}” 的编码不是 UTF-8、GBK/GB18030 或带标记的 UTF-16。请另存为 “CSV UTF-8”。", "The file '{file}' is not text in UTF-8, GBK/GB18030 or UTF-16 with its mark. Save it as 'CSV UTF-8'."),
    "too-many-rows": Text("文件 “{file}” 超过 {limit} 行。请拆分后分批导入。", "The file '{file}' has more than {limit} rows. Split it and import it in parts."),
    "header-missing": Text("文件 “{file}” 的前 {rows} 行中没有含 {wanted} 列的表头(类别 {kind})。请使用该类别的模板。", "In the first {rows} rows of '{file}' there is no header with the column {wanted} (kind {kind}). Use the template of this kind."),
    "header-twice": Text("文件 “{file}” 工作表 “{sheet}” 的 {first} 列和 {second} 列都是 “{field}”。请删除其中一列。", "In the file '{file}', sheet '{sheet}', the columns {first} and {second} are both '{field}'. Remove one of them."),
    "sheets-alike": Text("文件 “{file}” 中有多个工作表的表头相同:{sheets}。请指明导入哪些工作表。", "Several sheets of '{file}' have the same header: {sheets}. Say which of them to import."),
    "no-such-sheet": Text("文件 “{file}” 中没有可导入的工作表 “{sheet}”。现有工作表:{known}。", "The file '{file}' has no sheet '{sheet}' that can be imported. Its sheets: {known}."),
    "system-unknown": Text("文件 “{file}” 的表头写的系统 “{system}” 没有接入。已接入:{known}。请更正表头。", "A header of '{file}' names the system '{system}', which is not connected. Connected are: {known}. Correct the header."),
    "file-changed": Text("文件 “{file}” 在检查之后被改动。请重新检查。", "The file '{file}' was changed after it was checked. Check it again."),
    "file-renamed": Text("文件 “{file}” 的内容其实是 {form},已按 {form} 读取。请更正扩展名。", "The file '{file}' is {form} by its content and was read as such. Correct its ending."),
    "column-unknown": Text("工作表 “{sheet}” 单元格 {place} 的表头 “{header}” 无法识别,该列未读取。请对照模板修改或删除。", "On sheet '{sheet}' the header '{header}' at {place} is not known; the column was not read. Correct it by the template, or remove it."),
    "sheets-taken": Text("已合并读取多个工作表:{sheets}。请确认。", "Several sheets were read together: {sheets}. Check that this is meant."),
    "sheets-left-out": Text("未读取的工作表(没有编码表头或未指定):{sheets}。请确认无需导入。", "Sheets that were not read (no header with a code, or not asked for): {sheets}. Check that nothing is missing."),
}

CELLS: dict[str, Text] = {
    "cell-error": Text("单元格为错误值 “{value}”。请改为实际值。", "The cell holds the error '{value}'. Enter the value itself."),
    "cell-formula": Text("单元格为公式 “={formula}”,取其上次计算的值 “{value}”。请核对,最好粘贴为数值。", "The cell is a formula '={formula}'; its last value '{value}' was taken. Check it, best paste it as a value."),
    "cell-formula-empty": Text("单元格为公式 “={formula}”,没有保存计算结果。请粘贴为数值。", "The cell is a formula '={formula}' without a saved result. Paste it as a value."),
    "cell-formula-refused": Text("单元格 “{value}” 会调用外部程序,已拒绝。请删除该内容。", "The cell '{value}' would call another program and is refused. Remove it."),
    "cell-scientific": Text("编码被 Excel 变成科学计数 “{value}”,原值可能已丢失。请将该列设为 “文本” 后重新输入。", "Excel turned this into a number in scientific notation, '{value}'; what it was may be lost. Format the column as Text and enter it again."),
    "cell-date": Text("此处应为文本,但已被 Excel 变成日期 “{value}”。请将该列设为 “文本” 后重新输入。", "Excel turned this into a date, '{value}', where a text is wanted. Format the column as Text and enter it again."),
    "cell-date-text": Text("“{value}” 像是被 Excel 变成日期的编码。请将该列设为 “文本” 后重新输入原编码。", "'{value}' looks like a code that Excel turned into a date. Format the column as Text and enter the code again."),
    "cell-digits-lost": Text("数字 “{value}” 超过 15 位,Excel 已丢失末尾数字。请将该列设为 “文本” 后重新输入。", "The number '{value}' has more than 15 digits; Excel has lost the last ones. Format the column as Text and enter it again."),
    "cell-number": Text("编码 “{value}” 是带小数或负号的数字,首尾的零可能已丢失。请将该列设为 “文本” 后重新输入。", "The code '{value}' is a number with a fraction or a sign; zeros before or after may be lost. Format the column as Text and enter it again."),
    "cell-zeros-lost": Text("“{value}” 前面的零可能已丢失,应为 “{padded}”?请将该列设为 “文本” 后重新输入。", "'{value}' may have lost the zeros before it; is it '{padded}'? Format the column as Text and enter it again."),
    "cell-not-text": Text("此处应为文本,单元格却是逻辑值 “{value}”。请将该列设为 “文本” 后重新输入。", "A text is wanted here, the cell holds a logical value '{value}'. Format the column as Text and enter it again."),
    "cell-invisible": Text("“{value}” 的第 {place} 个字符是不可见字符 {character}。请删除后手工重新输入。", "Character {place} of '{value}' is {character}, which nobody can see. Delete it and type the text again by hand."),
    "cell-blanks": Text("“{value}” 的前后有空格。请删除;如空格属于编码,请加双引号。", "'{value}' has blanks before or after it. Remove them; where they belong to the code put it in double quotes."),
    "cell-full-width": Text("“{value}” 含有全角字母或数字,应为 “{half}”?请改为半角。", "'{value}' has full-width letters or digits; is it '{half}'? Type it in half-width."),
    "cell-read-half-width": Text("全角 “{value}” 已按半角 “{half}” 读取。请核对。", "The full-width '{value}' was read as '{half}'. Check it."),
    "cell-quotes": Text("“{value}” 的双引号不成对。多个值用分号分隔,含分号的值加双引号。请修改。", "The double quotes in '{value}' do not close. Separate values by semicolons, put one that has a semicolon in double quotes."),
    "cell-not-whole": Text("“{value}” 不是整数。请填写不带分隔符的整数。", "'{value}' is not a whole number. Enter digits without separators."),
    "cell-not-a-number": Text("“{value}” 不是数字。请填写不带千分位和单位的数字。", "'{value}' is not a number. Enter it without thousands separators and units."),
    "cell-not-yes-or-no": Text("“{value}” 不是 “是/否”(Y/N)。请修改。", "'{value}' is neither yes nor no (Y/N). Correct it."),
    "cell-not-a-date": Text("“{value}” 不是日期。请按 2026-01-31 的格式填写。", "'{value}' is not a date. Write it like 2026-01-31."),
    "cell-not-a-status": Text("“{value}” 不是编码状态。可选:{known}。请修改。", "'{value}' is not a status of a code. Choose one of: {known}."),
    "not-cleared": Text("“{field}” 不能清空。请填写新值或留空(留空表示不变)。", "'{field}' cannot be made empty. Enter a new value, or leave the cell empty to keep what is there."),
}

ROWS: dict[str, Text] = {
    "code-missing": Text("此行没有编码。请补填,或删除整行。", "This row has no code. Enter it, or remove the row."),
    "code-twice": Text("编码 “{value}” 在文件中重复(另见第 {rows} 行)。请只保留一行。", "The code '{value}' stands more than once in the file (also in row {rows}). Keep one of the rows."),
    "new-obsolete": Text("编码 “{value}” 是新编码,不能直接作废。请删除此行或改状态。", "The code '{value}' is new and cannot be obsolete from the beginning. Remove the row or change the status."),
    "window-turned": Text("生效日期 {start} 不早于失效日期 {end}。请修改。", "Valid from {start} is not before valid to {end}. Correct one of them."),
    "local-left-out": Text("系统 “{system}” 还有本地编码 “{local}” 未写在此处,仍保留。如要终止请写 (清空)。", "The system '{system}' also has the local code '{local}', which is not named here; it stays. To end all of them write (clear)."),
    "local-twice": Text(
        "系统 “{system}” 组织 “{organisation}” 的 {kind} 本地编码 “{local}” 在第 {row} 行已对应 “{there}”,不能再对应 “{wanted}”。请核对哪一行正确。",
        "The {kind} '{local}' of system '{system}', organisation '{organisation}', is '{there}' in row {row} and cannot be '{wanted}' too. Check which row is right.",
    ),
    "local-too-long": Text("系统 “{system}” 组织 “{organisation}” 的 {kind} 本地编码 “{local}” 超过 {limit} 个字符。请缩短。", "The {kind} '{local}' of system '{system}', organisation '{organisation}', has more than {limit} characters. Shorten it."),
    "circle": Text("编码 “{value}” 与第 {row} 行的 “{there}” 互相引用,形成循环。请去掉其中一个引用。", "The code '{value}' and '{there}' of row {row} refer to each other in a circle. Take one of the references out."),
    "parent-refused": Text("引用的编码 “{value}” 在第 {row} 行,该行有错误。请先改正那一行。", "The code '{value}' that is referred to stands in row {row}, which has errors. Correct that row first."),
}

IMPORTS: dict[str, Text] = {
    "rows-refused": Text("文件 “{file}” 有 {rows} 行错误,按 “全部或全不” 不能导入。请改正,或选择只导入无误的行。", "The file '{file}' has {rows} rows with errors and was to be imported whole or not at all. Correct them, or import the good rows only."),
    "nothing-to-import": Text("文件 “{file}” 的 {rows} 行与字典相比没有可导入的变化。请核对文件。", "In the {rows} rows of '{file}' there is no change to import. Check whether it is the right file."),
    "no-such-import": Text("没有编号为 “{number}” 的导入。请查看导入列表。", "There is no import '{number}'. Look at the list of imports."),
    "import-stands": Text("导入 “{number}” 的状态是 “{state}”,此操作只适用于:{wanted}。请查看其进度。", "Import '{number}' stands at '{state}'; this is for those at: {wanted}. Look at its progress."),
    "kept-changed": Text("{kind} “{value}” 在导入后又被修改(版本 {now}),撤销时保留。请人工核对。", "The {kind} '{value}' was changed after the import (version {now}) and is kept as it is. Look at it yourself."),
    "kept-referred": Text("{kind} “{value}” 已被引用或已有对照,撤销时作废而不是删除。如需恢复请人工处理。", "The {kind} '{value}' is referred to or has had cross-references; it was made obsolete, not taken back. See whether that is right."),
    "kept-local": Text("{kind} “{value}” 的本地编码 “{local}” 在导入后又变动,撤销时保留。请人工核对。", "The local code '{local}' of the {kind} '{value}' was changed after the import and is kept. Look at it yourself."),
}

TEMPLATE: dict[str, Text] = {
    "template-sheet-notes": Text("填写说明", "Notes"),
    "template-sheet-lists": Text("选项", "Lists"),
    "template-type-text": Text("文本", "text"),
    "template-type-texts": Text("多个文本,用分号分隔", "several texts, separated by semicolons"),
    "template-type-integer": Text("整数", "a whole number"),
    "template-type-decimal": Text("数字", "a number"),
    "template-type-boolean": Text("是/否:Y 或 N", "yes or no: Y or N"),
    "template-type-date": Text("日期,如 2026-01-31", "a date like 2026-01-31"),
    "template-type-choice": Text("选项:{values}", "one of: {values}"),
    "template-type-code": Text("{of} 的编码", "a code of {of}"),
    "template-type-class": Text("分类编码", "the code of a class"),
    "template-type-name": Text("名称,不超过 {length} 个字符", "a name of at most {length} characters"),
    "template-type-status": Text("状态:{values};新编码留空即有效", "a status: {values}; empty for a new code: active"),
    "template-type-organisations": Text("组织编码,用分号分隔;留空表示全部组织", "codes of organisations, separated by semicolons; empty: all of them"),
    "template-type-moment": Text("日期或时间", "a date or a time"),
    "template-type-local": Text("该系统中的编码,多个用分号分隔,写入用的放在最前", "what this system calls it; several are separated by semicolons, the one that is written comes first"),
    "template-mandatory": Text("必填", "mandatory"),
    "template-optional": Text("可空", "may be empty"),
    "template-example": Text("例:{example}", "Example: {example}"),
    "template-rule-empty": Text("已有编码:空单元格表示不变;要清空请写 (清空)。", "For a code that exists an empty cell leaves what is there; to make it empty write (clear)."),
    "template-rule-text": Text("请保持各列为 “文本” 格式,否则 Excel 会去掉前面的零、把编码变成日期。", "Keep the columns formatted as Text: otherwise Excel drops zeros and turns codes into dates."),
    "template-rule-header": Text("列的顺序可以改变,列可以删除;表头文字不要改。", "Columns may be moved or removed; leave the words of the headers."),
}

SUMMARY: dict[str, Text] = {
    "summary-sheet": Text("导入检查结果", "Import check"),
    "summary-sheet-column": Text("工作表", "Sheet"),
    "summary-row": Text("行", "Row"),
    "summary-cell": Text("单元格", "Cell"),
    "summary-code": Text("编码", "Code"),
    "summary-verdict": Text("结论", "Verdict"),
    "summary-text": Text("说明", "What was found"),
    "summary-new": Text("新增", "new"),
    "summary-changed": Text("修改", "changed"),
    "summary-unchanged": Text("无变化", "no change"),
    "summary-refused": Text("有错误", "errors"),
    "summary-rows": Text("行数", "Rows"),
    "summary-file": Text("文件", "File"),
    "summary-notice": Text("提示", "Notice"),
    "summary-more": Text("另有 {count} 条未列出。", "{count} more are not listed."),
    "summary-more-notes": Text("另有 {count} 个单元格只标颜色,说明见本表。", "{count} more cells are only coloured; what is wrong with them stands in this sheet."),
}

EXCHANGE: dict[str, Text] = {**FILES, **CELLS, **ROWS, **IMPORTS, **TEMPLATE, **SUMMARY}


def both(key: str) -> str:
    """The words in both languages, for what has one name whoever reads it."""
    return f"{EXCHANGE[key].zh} {EXCHANGE[key].en}"
