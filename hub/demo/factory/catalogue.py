"""The pump factory as tables: organisations, units, materials, operations, work centres, reasons, people, customers, prices.

Every row names the shared code and what CRM, ERP and MES call it; `-` means that the system does not have it.
"""

from __future__ import annotations

from decimal import Decimal

from hub.demo.factory.codes import Code, Codes

ORGANISATIONS = {
    # shared: (crm, erp, mes, zh, en)
    "P1": ("一厂", "100", "F1", "第一泵厂", "Pump works 1"),
    "P2": ("二厂", "200", "F2", "第二泵厂", "Pump works 2"),
}

UNITS = {
    # shared (UN/ECE Rec 20): (crm, erp, mes, zh, en)
    "H87": ("台", "Pcs", "PC", "台/个", "piece"),
    "KGM": ("千克", "kg", "KG", "千克", "kilogram"),
    "SET": ("套", "Set", "SET", "套", "set"),
}

PRODUCTS = {
    # size: (crm, zh, en, taxed price, parts size, coated by a supplier, tracking)
    "CP050": ("PUMP-50", "离心泵 CP-50", "Centrifugal pump CP-50", "2380.00", "50", False, "serial"),
    "CP065": ("PUMP-65", "离心泵 CP-65", "Centrifugal pump CP-65", "2960.00", "50", False, "serial"),
    "CP080": ("PUMP-80", "离心泵 CP-80", "Centrifugal pump CP-80", "3450.00", "80", False, "serial"),
    "CP100": ("PUMP-100", "离心泵 CP-100", "Centrifugal pump CP-100", "4890.00", "80", False, "serial"),
    "CP125": ("PUMP-125", "离心泵 CP-125", "Centrifugal pump CP-125", "6720.00", "80", False, "lot"),
    "SP050": ("ZX-50", "自吸泵 SP-50", "Self-priming pump SP-50", "3180.00", "50", True, "lot"),
    "SP080": ("ZX-80", "自吸泵 SP-80", "Self-priming pump SP-80", "4260.00", "80", True, "lot"),
    "VP050": ("LG-50", "立式泵 VP-50", "Vertical pump VP-50", "3620.00", "50", True, "serial"),
    "MP040": ("DL-40", "多级泵 MP-40", "Multistage pump MP-40", "8150.00", "50", False, "lot"),
    "GP025": ("KCB-25", "齿轮泵 GP-25", "Gear pump GP-25", "1890.00", "50", False, "lot"),
}

UNKNOWN_PRODUCT = "GP025"      # its CRM code is left out of the seeds: the order with it waits for the steward
ALIAS, ALIAS_OF = "PUMP-50/新", "FG-CP050"   # a second name that sales people begin to use while it runs
FROM_STOCK = ("CP065", "CP100")   # opened with a stock that serves some lines without production

PARTS = {
    # shared: (zh, en, type, unit, tracking, issue method where used; `none`: taken from the bin, not booked per order)
    "SF-BODY-50": ("泵体 50", "Pump body 50", "semi", "H87", "none", "pick"),
    "SF-BODY-80": ("泵体 80", "Pump body 80", "semi", "H87", "none", "pick"),
    "SF-IMP-50": ("叶轮 50", "Impeller 50", "semi", "H87", "lot", "pick"),
    "SF-IMP-80": ("叶轮 80", "Impeller 80", "semi", "H87", "lot", "pick"),
    "SF-SHAFT-50": ("泵轴 50", "Shaft 50", "semi", "H87", "lot", "pick"),
    "SF-SHAFT-80": ("泵轴 80", "Shaft 80", "semi", "H87", "lot", "pick"),
    "SF-ROTOR-50": ("转子组件 50", "Rotor assembly 50", "semi", "H87", "lot", "pick"),
    "SF-ROTOR-80": ("转子组件 80", "Rotor assembly 80", "semi", "H87", "lot", "pick"),
    "RM-CAST-50": ("泵体铸件 50", "Body casting 50", "raw", "H87", "lot", "pick"),   # kg and pieces: measured both
    "RM-CAST-80": ("泵体铸件 80", "Body casting 80", "raw", "H87", "lot", "pick"),
    "RM-BLANK-50": ("叶轮毛坯 50", "Impeller blank 50", "raw", "H87", "lot", "pick"),
    "RM-BLANK-80": ("叶轮毛坯 80", "Impeller blank 80", "raw", "H87", "lot", "pick"),
    "RM-BAR-45": ("45# 圆钢", "Steel bar C45", "raw", "KGM", "lot", "pick"),
    "RM-BAR-SS": ("不锈钢圆钢", "Stainless bar", "raw", "KGM", "lot", "pick"),
    "RM-BRG-6205": ("轴承 6205", "Bearing 6205", "raw", "H87", "none", "none"),
    "RM-BRG-6308": ("轴承 6308", "Bearing 6308", "raw", "H87", "none", "pick"),
    "RM-SEAL-25": ("机械密封 25", "Mechanical seal 25", "raw", "H87", "lot", "none"),
    "RM-SEAL-35": ("机械密封 35", "Mechanical seal 35", "raw", "H87", "lot", "none"),
    "RM-MOTOR-1K5": ("电机 1.5kW", "Motor 1.5 kW", "raw", "H87", "serial", "pick"),
    "RM-MOTOR-5K5": ("电机 5.5kW", "Motor 5.5 kW", "raw", "H87", "serial", "pick"),
    "RM-COUP-S": ("联轴器 小", "Coupling S", "raw", "H87", "none", "none"),
    "RM-COUP-L": ("联轴器 大", "Coupling L", "raw", "H87", "none", "none"),
    "RM-KEY-8": ("平键 8×7", "Key 8×7", "raw", "H87", "none", "none"),
    "RM-KEY-10": ("平键 10×8", "Key 10×8", "raw", "H87", "none", "none"),
    "RM-PAINT": ("防锈漆", "Anti-rust paint", "raw", "KGM", "none", "back_flush"),
    "RM-BOLT-M8": ("螺栓 M8", "Bolt M8", "raw", "H87", "none", "pick"),
    "RM-BOLT-M12": ("螺栓 M12", "Bolt M12", "raw", "H87", "none", "pick"),
    "RM-ORING-50": ("O 形圈 50", "O-ring 50", "raw", "H87", "none", "pick"),
    "RM-ORING-80": ("O 形圈 80", "O-ring 80", "raw", "H87", "none", "pick"),
    "RM-GASKET": ("纸垫片", "Gasket", "raw", "H87", "none", "pick"),
    "RM-PLATE": ("铭牌", "Nameplate", "raw", "H87", "none", "none"),
    "RM-BOX-S": ("包装箱 小", "Packing box S", "raw", "H87", "none", "none"),
    "RM-BOX-L": ("包装箱 大", "Packing box L", "raw", "H87", "none", "none"),
    "RM-GREASE": ("润滑脂", "Grease", "raw", "KGM", "none", "pick"),
    "RM-IMPELLER-KIT": ("叶轮修理包", "Impeller repair kit", "raw", "SET", "none", "pick"),
    "RM-SLEEVE": ("轴套", "Shaft sleeve", "raw", "H87", "none", "pick"),
    "RM-FLANGE-50": ("法兰 50", "Flange 50", "raw", "H87", "none", "pick"),
    "RM-FLANGE-80": ("法兰 80", "Flange 80", "raw", "H87", "none", "pick"),
    "RM-PLUG": ("丝堵", "Plug", "raw", "H87", "none", "none"),
    "RM-MANUAL": ("说明书", "Manual", "raw", "H87", "none", "pick"),
}
DUAL_UNIT = ("RM-CAST-50", "RM-CAST-80")   # a floating rate: the kilograms are weighed, never computed
CASTING_KG = {"RM-CAST-50": Decimal("11.4"), "RM-CAST-80": Decimal("23.8")}

OPERATIONS = {
    # shared: (erp, mes, zh, en, work centre, minutes per piece)
    "OP-CUT": ("10.01", "CUT", "下料", "Cutting", "WC-LATHE", 4),
    "OP-TURN": ("10.02", "TURN", "车削", "Turning", "WC-LATHE", 9),
    "OP-MILL": ("10.03", "MILL", "铣削", "Milling", "WC-MILL", 8),
    "OP-DRILL": ("10.04", "DRILL", "钻孔", "Drilling", "WC-MILL", 5),
    "OP-HEAT": ("10.05", "HEAT", "热处理", "Heat treatment", "WC-LATHE", 6),
    "OP-BALANCE": ("10.06", "BAL", "动平衡", "Balancing", "WC-BALANCE", 5),
    "OP-ASSEMBLE": ("10.07", "ASM", "装配", "Assembly", "WC-ASSEMBLY", 12),
    "OP-TEST": ("10.08", "TEST", "试压", "Pressure test", "WC-TEST", 7),
    "OP-COAT": ("10.09", "COAT", "委外电泳", "Coating (outsourced)", "WC-PAINT", 10),
    "OP-PACK": ("10.10", "PACK", "喷漆包装", "Painting and packing", "WC-PAINT", 4),
}
OUTSOURCED = "OP-COAT"
FINAL_INSPECTION = "OP-TEST"

WORK_CENTRES = {
    # shared: (erp, mes, zh, en)
    "WC-LATHE": ("WC01", "LINE-LATHE", "车床组", "Lathes"),
    "WC-MILL": ("WC02", "LINE-MILL", "铣钻组", "Milling and drilling"),
    "WC-BALANCE": ("WC03", "LINE-BAL", "平衡机", "Balancing machine"),
    "WC-ASSEMBLY": ("WC04", "LINE-ASM", "装配线", "Assembly line"),
    "WC-TEST": ("WC05", "BENCH-1", "试压台", "Test bench"),
    "WC-PAINT": ("WC06", "LINE-PAINT", "喷漆包装线", "Paint and packing line"),
}

REASONS = {
    # shared: (crm, erp, mes, zh, en)
    "SCRAP-POROSITY": ("-", "BF01", "S01", "砂眼", "Porosity"),
    "SCRAP-SIZE": ("-", "BF02", "S02", "尺寸超差", "Out of tolerance"),
    "SCRAP-LEAK": ("-", "BF03", "S09", "试压渗漏", "Leak at pressure test"),
    "REWORK-BURR": ("-", "FG01", "R01", "毛刺", "Burr"),
    "REWORK-BALANCE": ("-", "FG02", "R02", "动平衡超差", "Unbalance"),
    "REPAIR-PAINT": ("-", "FX01", "P01", "漆面修补", "Paint repair"),
    "CONCESSION-LOOK": ("-", "RB01", "C01", "外观让步", "Cosmetic concession"),
    "DOWN-TOOL": ("-", "TJ01", "D01", "换刀", "Tool change"),
    "DOWN-BREAK": ("-", "TJ02", "D02", "设备故障", "Breakdown"),
    "REVERSAL-TYPO": ("-", "CX01", "X01", "录入错误", "Typing error"),
    "CLOSE-SHORT": ("-", "JA01", "-", "尾数不再生产", "Remainder not worth making"),
    "CANCEL-PROJECT": ("项目取消", "QX01", "-", "项目取消", "Project cancelled"),
    "CHANGE-DEMAND": ("需求变更", "BG01", "-", "需求变更", "Demand changed"),
}
UNKNOWN_REASON = "SCRAP-LEAK"   # the MES's own code of it is left out of the seeds

REASON_LISTS = {"SCRAP": "scrap", "REWORK": "rework", "REPAIR": "rework", "CONCESSION": "rework", "DOWN": "downtime", "REVERSAL": "change",
                "CLOSE": "cancel", "CANCEL": "cancel", "CHANGE": "change"}  # fmt: skip

WAREHOUSES = {
    # shared: (erp, mes, zh, en)
    "WH-RAW": ("CK01", "RAW", "原料仓", "Raw material store"),
    "WH-FG": ("CK02", "FG", "成品仓", "Finished goods store"),
}

PERSONS = {"W001": "6001", "W002": "6002", "W003": "6003", "W004": "6004", "W005": "6005", "W006": "6006"}   # shared: mes

CUSTOMERS = {
    # shared: (crm, erp, zh, en, contact, telephone, address)
    "CUS-0001": ("K0001", "C00001", "江苏恒通水务有限公司", "Hengtong Water", "周建国", "13900010001", "江苏省南京市江宁区胜利路 18 号"),
    "CUS-0002": ("K0002", "C00002", "山东鲁安化工有限公司", "Lu'an Chemicals", "孙丽", "13900010002", "山东省淄博市张店区人民路 6 号"),
    "CUS-0003": ("K0003", "C00003", "浙江明达机电有限公司", "Mingda Electromechanics", "钱进", "13900010003", "宁波市北仑区港前路 9 号"),
    "CUS-0004": ("K0004", "C00004", "广东南海船舶工程有限公司", "Nanhai Marine", "陈海波", "13900010004", "广东省佛山市南海区桂城街 3 号"),
    "CUS-0005": ("K0005", "C00005", "四川岷江灌溉设备有限公司", "Minjiang Irrigation", "罗川", "13900010005", "乐山市市中区滨江路 21 号"),
}
NEW_CUSTOMERS = {
    # they turn up with their first order: the dictionary does not have them yet, and the ERP gives them a number of its own
    "CUS-0101": ("K0101", "-", "河北新唐钢铁有限公司", "Xintang Steel", "郭强", "13900010101", "河北省唐山市丰润区迎宾路 2 号"),
    "CUS-0102": ("K0102", "-", "福建闽海水产有限公司", "Minhai Seafood", "林秀", "13900010102", "福建省漳州市东山县环岛路 7 号"),
    "CUS-0103": ("K0103", "-", "陕西秦岭矿业有限公司", "Qinling Mining", "秦岩", "13900010103", "陕西省宝鸡市渭滨区公园路 11 号"),
}

TAX_RATE = Decimal("13")


def codes() -> Codes:
    """Every code of the factory as it stands before the first order."""
    return Codes([*_fixed(), *_materials(), *_customers()])


def products() -> list[str]:
    """Shared codes of what is sold."""
    return [f"FG-{size}" for size in PRODUCTS]


def price(product: str) -> Decimal:
    """List price with tax, CNY."""
    return Decimal(PRODUCTS[product.removeprefix("FG-")][3])


def known(**local: str) -> dict[str, str]:
    """Local codes without those of systems that do not have the thing."""
    return {system: code for system, code in local.items() if code != "-"}


def _fixed() -> list[Code]:
    return [
        *(_code("organisation", shared, zh, en, crm=crm, erp=erp, mes=mes) for shared, (crm, erp, mes, zh, en) in ORGANISATIONS.items()),
        *(_code("unit", shared, zh, en, crm=crm, erp=erp, mes=mes) for shared, (crm, erp, mes, zh, en) in UNITS.items()),
        *(_code("operation", shared, zh, en, erp=erp, mes=mes) for shared, (erp, mes, zh, en, _, _) in OPERATIONS.items()),
        *(_code("work_center", shared, zh, en, erp=erp, mes=mes) for shared, (erp, mes, zh, en) in WORK_CENTRES.items()),
        *(_code("warehouse", shared, zh, en, erp=erp, mes=mes) for shared, (erp, mes, zh, en) in WAREHOUSES.items()),
        *(_code("reason", shared, zh, en, crm=crm, erp=erp, mes=mes) for shared, (crm, erp, mes, zh, en) in REASONS.items()),
        *(_code("person", shared, shared, shared, erp=mes, mes=mes) for shared, mes in PERSONS.items()),
    ]


def _materials() -> list[Code]:
    sold = [
        Code(
            kind="material", code=f"FG-{size}", zh=zh, en=en,
            local={"crm": crm, "erp": f"M-{1000 + at}", "mes": f"MAT{1000 + at}"},
            attributes={"type": "finished", "unit": "H87", "tracking": tracking, "sellable": True},
            unknown_in=("crm",) if size == UNKNOWN_PRODUCT else (),
        )
        for at, (size, (crm, zh, en, _, _, _, tracking)) in enumerate(PRODUCTS.items(), 1)
    ]  # fmt: skip
    parts = [
        Code(
            kind="material", code=shared, zh=zh, en=en, local={"erp": f"M-{2000 + at}", "mes": f"MAT{2000 + at}"},
            attributes={"type": type_, "unit": unit, "tracking": tracking, "sellable": False},
        )
        for at, (shared, (zh, en, type_, unit, tracking, _)) in enumerate(PARTS.items(), 1)
    ]  # fmt: skip
    return sold + parts


def _customers() -> list[Code]:
    return [customer(shared) for shared in CUSTOMERS]


def customer(shared: str) -> Code:
    """A customer's code: an old one, or one who is new at the time of ordering and whom nobody knows but the CRM."""
    crm, erp, zh, en, *_ = {**CUSTOMERS, **NEW_CUSTOMERS}[shared]
    unknown = ("crm",) if shared in NEW_CUSTOMERS else ()
    return Code(kind="customer", code=shared, zh=zh, en=en, local=known(crm=crm, erp=erp), unknown_in=unknown)


def _code(kind: str, shared: str, zh: str, en: str, **local: str) -> Code:
    unknown = ("mes",) if shared == UNKNOWN_REASON else ()
    return Code(kind=kind, code=shared, zh=zh, en=en, local=known(**local), unknown_in=unknown)
