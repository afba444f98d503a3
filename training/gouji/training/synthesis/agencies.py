"""Agencies: invented public bodies, with the ways a report speaks of them.

Names of places are put together from syllables that Chinese place names are made of; the kinds of
bodies are those that must report under Article 49 of the Regulations on Open Government
Information: offices of governments at every level, and bodies charged with public affairs.
"""

from dataclasses import dataclass
from random import Random

_FIRST = "云安平宁清新永兴福广长昌丰德康华金龙凤石松柳桃荷沙白青蓝玉明临瑞怀桐锦曲泗汾泽"
_SECOND = "山阳川城江河泉溪源湖林岭坪门关塘港原陵潭洲浦池台坝湾桥岗亭峰谷滩丘田"
_TOWN_FIRST = "大小上下前后东西南北双三高古黄红太杨李张王马柏"
_TOWN_SECOND = "河庄店堡集寨营坡沟坎场屯铺桥塘岗庙井泉湾山岭洼崖"

_LEVELS = {  # how a place of a level is called, and how often a report comes from one
    "省": 1,
    "市": 5,
    "县": 7,
    "区": 7,
    "自治县": 1,
    "自治旗": 1,
    "经济开发区": 2,
    "高新技术产业开发区": 1,
}
_TOWN_LEVELS = {"镇": 6, "乡": 3, "街道": 4, "民族乡": 1}
_TOWN_SHARE = 0.2

_ORGANS = (
    *("财政局", "教育局", "教育体育局", "民政局", "司法局", "水利局", "水务局", "商务局", "审计局"),
    *(
        "统计局",
        "信访局",
        "林业局",
        "林业和草原局",
        "体育局",
        "气象局",
        "税务局",
        "公安局",
        "粮食局",
    ),
    *("自然资源局", "自然资源和规划局", "生态环境局", "生态环境分局", "交通运输局", "农业农村局"),
    *("应急管理局", "市场监督管理局", "医疗保障局", "乡村振兴局", "文化和旅游局", "文化广电旅游局"),
    *("退役军人事务局", "人力资源和社会保障局", "住房和城乡建设局", "科学技术局", "工业和信息化局"),
    *("城市管理局", "城市管理综合行政执法局", "行政审批服务局", "机关事务管理局", "投资促进局"),
    *(
        "地方金融监督管理局",
        "大数据发展局",
        "国防动员办公室",
        "民族宗教事务局",
        "档案局",
        "烟草专卖局",
    ),
    *("发展和改革委员会", "卫生健康委员会", "国有资产监督管理委员会", "民族事务委员会"),
    *("人民政府办公室", "人民政府", "人民政府外事办公室", "人民政府研究室", "政府研究中心"),
    *("供销合作社联合社", "残疾人联合会", "消防救援大队", "住房公积金管理中心", "招商服务中心"),
    *("公共资源交易中心", "融媒体中心", "疾病预防控制中心", "园林绿化中心", "科学技术协会"),
)
_WE = (  # by the end of a body's name
    ("局", ("我局", "本局", "我单位", "本机关")),
    ("委员会", ("我委", "本委", "本机关", "本单位")),
    ("会", ("我会", "本会", "本单位")),
    ("室", ("我办", "本办", "本机关", "办公室")),
    ("府", ("本机关", "我们", "本级政府", "政府机关")),
    ("心", ("我中心", "中心", "本单位")),
    ("处", ("街道", "我街道", "本街道", "办事处")),
)
_WE_OTHERS = ("我单位", "本单位", "本机关")
_CODE_BODIES = "政财教民司水商审建发卫应市文农交科"
_CODE_KINDS = ("办", "发", "字", "", "办发", "函")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂文辉建国玉梅鹏宇欣"
_STREETS = (
    "人民路",
    "建设路",
    "解放街",
    "迎宾大道",
    "府前街",
    "朝阳路",
    "滨河路",
    "中心街",
    "新华路",
)


@dataclass(frozen=True, slots=True)
class Agency:
    """A body that reports, and the words a report uses for it and around it.

    `name` is its full name, `short` a shorter one, `we` how it calls itself; `region` is the bare
    name of its place, `region_name` with the level, `level` one character for it; `superior` are
    the bodies above it, `code` stands for it in document numbers, `telephone` is the area code.
    """

    name: str
    short: str
    we: str
    region: str
    region_name: str
    level: str
    superior: str
    code: str
    telephone: str
    person: str
    address: str


def draw_agency(rng: Random) -> Agency:
    """An agency at random; the same state of `rng` gives the same one."""
    place, level = _place(_LEVELS, _FIRST, _SECOND, rng)
    region_name = f"{place}{level}"
    is_town = rng.random() < _TOWN_SHARE
    if is_town:
        name, short = _town(region_name, rng)
    else:
        organ = rng.choice(_ORGANS)
        name = _with_region_above(f"{region_name}{organ}", level, rng)
        short = rng.choice((f"{level[-1]}{organ}", name, f"{region_name}{organ}"))
    we = rng.choice(next((words for end, words in _WE if name.endswith(end)), _WE_OTHERS))
    return Agency(
        name=name,
        short=short,
        we=we,
        region=place,
        region_name=region_name,
        level=level[-1],
        superior=_superior(level, is_town, rng),
        code=f"{place[0]}{rng.choice(_CODE_BODIES)}{rng.choice(_CODE_KINDS)}",
        telephone=f"0{rng.randint(310, 998)}",
        person=f"{rng.choice(_SURNAMES)}{''.join(rng.sample(_GIVEN, rng.randint(1, 2)))}",
        address=f"{region_name}{rng.choice(_STREETS)}{rng.randint(1, 299)}号",
    )


def _place(levels: dict[str, int], first: str, second: str, rng: Random) -> tuple[str, str]:
    level = rng.choices(list(levels), list(levels.values()))[0]
    return f"{rng.choice(first)}{rng.choice(second)}", level


def _town(region_name: str, rng: Random) -> tuple[str, str]:
    """(name, short name) of the government of a town or the office of a street."""
    place, level = _place(_TOWN_LEVELS, _TOWN_FIRST, _TOWN_SECOND, rng)
    town = f"{place}{level}"
    above = rng.choice((region_name, region_name, ""))
    body = "办事处" if level == "街道" else "人民政府"
    return f"{above}{town}{body}", rng.choice((town, f"{town}{body}"))


def _with_region_above(name: str, level: str, rng: Random) -> str:
    """The name, now and then with the province or city that the place lies in before it."""
    if level in ("省", "市") or rng.random() < 0.6:
        return name
    above = f"{rng.choice(_FIRST)}{rng.choice(_SECOND)}"
    return f"{above}{rng.choice(('市', '市', '省', '州'))}{name}"


def _superior(level: str, is_town: bool, rng: Random) -> str:
    if level.endswith("开发区"):
        return rng.choice(("党工委、管委会", "开发区党工委、管委会", "管委会"))
    short = level[-1]
    usual = (f"{short}委、{short}政府", f"{short}委{short}政府", f"{short}政府")
    return rng.choice((*usual, "镇党委" if is_town else "上级主管部门"))
