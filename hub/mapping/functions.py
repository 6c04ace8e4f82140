"""The named conversions of `using:`, one row each: name, function, what it does (zh, en), examples (its tests and its docs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from hub.mapping import numerals, times, words
from hub.texts import Text

REQUIRED: Final = object()
"""The default of a parameter that must be given."""


class Example(NamedTuple):
    """`given` becomes `gives`, or is refused with the error code `error`; `using` are parameters."""

    given: Any
    gives: Any = None
    error: str = ""
    using: Mapping[str, Any] = {}


class Parameter(NamedTuple):
    kind: type
    default: Any = REQUIRED


@dataclass(frozen=True, slots=True)
class Conversion:
    """`asks`: a parameter that the hub fills in where the rule does not: `zone` (the system's) or `organisation`."""

    name: str
    function: Callable[..., Any]
    about: Text
    examples: tuple[Example, ...]
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    asks: str = ""


def _row(
    name: str, function: Callable[..., Any], zh: str, en: str, *examples: Example, asks: str = "", **parameters: Parameter
) -> Conversion:
    return Conversion(name, function, Text(zh, en), examples, parameters, asks)


_SHANGHAI = {"zone": "Asia/Shanghai"}

CONVERSIONS: Final[Mapping[str, Conversion]] = {row.name: row for row in (
    _row("text", words.text, "转为文本", "as text",
         Example("M-1", "M-1"), Example(10, "10"), Example(True, "true"), Example([1], error="not-text")),
    _row("trim", words.trim, "去除首尾空白", "without blanks at both ends", Example(" M-1\t", "M-1"), Example("\u3000泵", "泵")),
    _row("upper", words.upper, "转为大写", "upper case", Example("m-1", "M-1")),
    _row("lower", words.lower, "转为小写", "lower case", Example("KG", "kg")),
    _row("half_width", words.half_width, "全角字符转半角", "full-width letters and digits become half-width",
         Example("ＭＯ－１２", "MO-12"), Example("泵", "泵")),
    _row("strip_prefix", words.strip_prefix, "去除前缀(若有)", "without a prefix, where it is there",
         Example("CN-001", "001", using={"prefix": "CN-"}), Example("001", "001", using={"prefix": "CN-"}), prefix=Parameter(str)),
    _row("add_prefix", words.add_prefix, "加前缀", "with a prefix",
         Example("001", "CN-001", using={"prefix": "CN-"}), prefix=Parameter(str)),
    _row("before", words.before, "分隔符之前的部分", "the part before the first separator", Example("A-1-2", "A", using={"by": "-"}),
         by=Parameter(str)),
    _row("after", words.after, "分隔符之后的部分(无分隔符则为全部)", "the part after the first separator, all of it where there is none",
         Example("A-1-2", "1-2", using={"by": "-"}), Example("A", "A", using={"by": "-"}), by=Parameter(str)),
    _row("enumeration", words.enumeration, "“代码.名称”取代码", "the code of 'code.name'", Example("Y.已审核", "Y"), Example("N", "N")),
    _row("zero_pad", words.zero_pad, "前面补零到指定位数", "zeros in front up to a width", Example(10, "0010", using={"width": 4}),
         width=Parameter(int)),
    _row("at_most", words.at_most, "超过长度则拒绝", "refused where longer than the target's field",
         Example("abc", "abc", using={"length": 3}), Example("abcd", error="text-unfit", using={"length": 3}), length=Parameter(int)),
    _row("cut", words.cut, "截取到指定长度", "cut to a length", Example("abcd", "abc", using={"length": 3}), length=Parameter(int)),
    _row("split", words.split, "按分隔符拆成列表", "a list of the parts",
         Example("P1, P2,", ["P1", "P2"]), Example("a;b", ["a", "b"], using={"by": ";"}), by=Parameter(str, ",")),
    _row("join", words.join, "非空部分连接成文本", "the parts that are there, joined",
         Example(["A", "", None, "B"], "A B", using={"by": " "}), Example("A", error="not-a-list", using={"by": " "}), by=Parameter(str)),
    _row("join_key", words.join_key, "组合编码(如物料 + 辅助属性)", "a compound code (material and its auxiliary attributes)",
         Example(["M-1", "红"], '["M-1","红"]'), Example(["M-1", None, "L"], '["M-1","","L"]'), Example(["M-1", ""], "M-1")),
    _row("part_key", words.part_key, "组合编码的第几部分", "part number `place` of a compound code",
         Example('["M-1","红"]', "红", using={"place": 2}), Example("M-1", "", using={"place": 2}), place=Parameter(int)),
    _row("own_key", words.own_key, "本组织单据的统一键", "the canonical key of a document of the same organisation",
         Example("RPT-1", "P1/RPT-1", using={"organisation": "P1"}), Example("", error="empty-code", using={"organisation": "P1"}),
         asks="organisation"),
    _row("key_number", words.key_number, "统一键中的单号", "the number in a canonical key", Example("P1/RPT-1", "RPT-1")),
    _row("first", words.first, "列表第一项", "the first item of a list", Example(["a", "b"], "a"), Example([], None),
         Example("a", error="not-a-list")),
    _row("last", words.last, "列表最后一项", "the last item of a list", Example(["a", "b"], "b"), Example([], None)),
    _row("wrap", words.wrap, "单值变为列表", "a list of the one value", Example("P1", ["P1"])),
    _row("in_language", words.in_language, "金蝶多语言名称取一种语言", "one language of Kingdee's multilingual names",
         Example([{"Key": 1033, "Value": "Pump"}, {"Key": 2052, "Value": "泵"}], "泵"), Example([], error="text-unfit"),
         language=Parameter(int, 2052)),
    _row("decimal", numerals.decimal, "小数,结果为小数文本,精确无误差", "an exact decimal, as decimal text",
         Example("1,234.50", "1234.50"), Example("１２．５", "12.5"), Example(0.1, "0.1"), Example(" 3 ", "3"), Example("1e3", "1000"),
         Example("-0", "0"),
         Example("1,5", error="not-a-number"), Example("NaN", error="not-a-number"), Example(float("inf"), error="not-a-number"),
         Example(True, error="not-a-number"), Example("", error="not-a-number")),
    _row("integer", numerals.integer, "整数", "a whole number",
         Example("10", 10), Example("１０", 10), Example(10.0, 10), Example("1.5", error="not-whole"), Example("x", error="not-a-number")),
    _row("number", numerals.number, "JSON 数字,供要求数字的系统使用", "a JSON number, for vendors that want one",
         Example("12.50", 12.5), Example("12", 12), Example("0.12345678901234567890", error="not-a-number")),
    _row("percent", numerals.percent, "百分数转小数", "percent to a fraction", Example("13%", "0.13"), Example(13, "0.13"),
         Example("６％", "0.06")),
    _row("percent_out", numerals.percent_out, "小数转百分数", "a fraction to percent", Example("0.13", "13"), Example("0.065", "6.5")),
    _row("negate", numerals.negate, "取相反数(红冲)", "the opposite number (reversals)", Example("5", "-5"), Example("0", "0")),
    _row("round", numerals.rounded, "四舍五入到指定位数", "rounded half up",
         Example("1.005", "1.01", using={"places": 2}), places=Parameter(int)),
    _row("times", numerals.times, "乘以系数", "times a factor", Example("2.5", "250.0", using={"factor": "100"}), factor=Parameter(str)),
    _row("product", numerals.product, "列表各数之积(模次 × 穴数)", "the product of a list (shots × cavities)",
         Example(["120", 4], "480"), Example("120", error="not-a-list")),
    _row("total", numerals.total, "列表各数之和", "the sum of a list", Example(["0.1", "0.2"], "0.3"), Example([], "0")),
    _row("boolean", numerals.boolean, "是/否", "true or false",
         Example("是", True), Example("N", False), Example(1, True), Example("true", True), Example("maybe", error="not-a-boolean")),
    _row("date", times.date_in, "日期;带时区的时间取所在时区的日期", "a day; of a time with a zone, the day in the system's zone",
         Example("2026-11-22", "2026-11-22"), Example("2026/11/22", "2026-11-22"), Example("20261122", "2026-11-22"),
         Example("2026年11月22日", "2026-11-22"), Example("2026-11-22T18:00:00Z", "2026-11-23", using=_SHANGHAI),
         Example("2026-13-01", error="not-a-time"), Example("soon", error="not-a-time"), asks="zone"),
    _row("datetime", times.datetime_in, "时间,转为 UTC;无时区的按系统时区", "a time, in UTC; without a zone it is in the system's",
         Example("2026-11-22T10:00:00+08:00", "2026-11-22T02:00:00Z"),
         Example("2026-11-22 10:00:00", "2026-11-22T02:00:00Z", using=_SHANGHAI),
         Example("2026/11/22 10:00", "2026-11-22T02:00:00Z", using=_SHANGHAI),
         Example("2026年11月22日 10时30分", "2026-11-22T02:30:00Z", using=_SHANGHAI),
         Example("20261122100000", "2026-11-22T02:00:00Z", using=_SHANGHAI), Example("2026-11-22", "2026-11-21T16:00:00Z", using=_SHANGHAI),
         Example(1795312800000, "2026-11-22T02:00:00Z"), Example("1795312800", "2026-11-22T02:00:00Z"),
         Example("2026-11-22T02:00:00.123Z", "2026-11-22T02:00:00.123000Z"),
         Example("2026-11-22 25:00:00", error="not-a-time", using=_SHANGHAI),
         Example("2026-11-22 10:00:00", error="zone-unknown"), asks="zone"),
    _row("date_out", times.date_out, "日期,按目标系统格式", "a day in the vendor's form",
         Example("2026-11-22T18:00:00Z", "2026/11/23", using={**_SHANGHAI, "format": "%Y/%m/%d"}), Example("2026-11-22", "2026-11-22"),
         format=Parameter(str, "%Y-%m-%d"), asks="zone"),
    _row("datetime_out", times.datetime_out, "时间,按目标系统时区和格式", "a time in the vendor's zone and form",
         Example("2026-11-22T02:00:00Z", "2026-11-22 10:00:00", using=_SHANGHAI), format=Parameter(str, "%Y-%m-%d %H:%M:%S"), asks="zone"),
    _row("epoch_ms", times.epoch_ms, "时间,毫秒时间戳", "a time in milliseconds since 1970", Example("2026-11-22T02:00:00Z", 1795312800000),
         asks="zone"),
    _row("minutes", times.minutes_in, "时:分 转分钟数", "hours:minutes to minutes",
         Example("1:30", "90"), Example("00:05:00", "5"), Example("1:00:30", error="not-whole"), Example("ninety", error="not-a-time")),
)}  # fmt: skip
