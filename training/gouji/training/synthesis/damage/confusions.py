"""Tables of what is taken for what: typing errors, recognition errors, look-alike code points."""

import unicodedata
from collections.abc import Mapping

LOOKALIKES: tuple[tuple[str, str], ...] = (
    ("逾期", "预期"),
    ("其他", "其它"),
    ("已获取", "己获取"),
    ("已获取", "巳获取"),
    ("结转", "接转"),
    ("结转", "节转"),
    ("缴纳", "交纳"),
    ("予以", "于以"),
    ("予以", "与以"),
    ("诉讼", "诉颂"),
    ("复议", "复义"),
    ("掌握", "掌据"),
    ("制作", "制做"),
    ("制发", "印发"),
    ("反复", "反覆"),
    ("申请", "申清"),
    ("维持", "维待"),
    ("纠正", "纠证"),
    ("尚未", "尚末"),
    ("审结", "审节"),
    ("属于", "属於"),
    ("处罚", "处罪"),
    ("强制", "强治"),
    ("办理", "办里"),
    ("总计", "总记"),
    ("总计", "合计"),
    ("企业", "企业业"),
    ("机构", "机够"),
    ("公益", "公义"),
    ("秘密", "密秘"),
    ("秘密", "密密"),
    ("规章", "规张"),
    ("废止", "费止"),
    ("现行", "先行"),
    ("收费", "收废"),
    ("第三方", "第3方"),
    ("信访", "信仿"),
    ("补正", "补证"),
    ("确认", "确任"),
    ("出具", "出俱"),
    ("查询", "查寻"),
    ("案卷", "案件"),
    ("年度", "年渡"),
    ("数量", "数里"),
    ("不予", "不于"),
)
"""Words of labels with what agencies type instead."""

_RECOGNISED = (
    "日曰 曰日 末未 未末 己已 已己 人入 入人 大太 太大 土士 士土 理埋 请清 清请 信倍 息恳 关夫"
    " 本木 政攻 府俯 公么 开升 结给 予子 以似 分兮 属展 家冢 其共 他地 行仃 规现 现规 定走 止正"
    " 正止 项顷 处外 收牧 总忌 计汁 维堆 持特 纠纤 果杲 尚向 复夏 议仪 诉诈 起赵 直真 接按 自白"
    " 然燃 商啇 业亚 科料 研妍 社杜 益盖 组纽 织积 服眼 新斯 申甲 法洁 办力 国囯 密蜜 要耍 内肉"
    " 重垂 访仿 版板 出山 掌拿 没投 有冇 另号 制剐 作怍 容客 明朋 确碓 认队 逾愈 期斯 补扑 不木"
    " 缴激 转砖 继维 续读 下卞 无天 由山 构枸 机杌 合台 会佥 究宄 院完 度庋 年午 情倩 况沉"
)
OCR: Mapping[str, str] = {pair[0]: pair[1] for pair in _RECOGNISED.split()}
"""Characters with what text recognition takes them for."""

KANGXI: Mapping[str, str] = {
    unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0x2F00, 0x2FD6)
}
"""Characters with the Kangxi radical that looks the same, as PDF files have them for text."""

_PINYIN = (
    "一yi 二er 三san 四si 五wu 六liu 七qi 八ba 上shang 下xia 不bu 业ye 个ge 中zhong 为wei"
    " 主zhu 举ju 义yi 予yu 事shi 人ren 他ta 代dai 以yi 件jian 企qi 会hui 作zuo 供gong 保bao"
    " 信xin 入ru 公gong 共gong 关guan 其qi 内nei 决jue 出chu 分fen 判pan 制zhi 办ban 务wu 助zhu"
    " 区qu 医yi 卷juan 取qu 变bian 可ke 合he 名ming 告gao 商shang 因yin 国guo 在zai 复fu 外wai"
    " 多duo 大da 央yang 委wei 安an 定ding 容rong 密mi 对dui 少shao 尚shang 届jie 属shu 己ji"
    " 已yi 市shi 年nian 度du 府fu 开kai 强qiang 当dang 律lv 得de 息xi 情qing 意yi 成cheng 我wo"
    " 所suo 投tou 护hu 报bao 持chi 据ju 掌zhang 接jie 握wo 提ti 政zheng 效xiao 数shu 新xin"
    " 方fang 施shi 无wu 日ri 明ming 是shi 更geng 有you 未wei 本ben 机ji 权quan 果guo 查cha 次ci"
    " 止zhi 正zheng 民min 求qiu 没mei 法fa 涉she 现xian 理li 生sheng 用yong 申shen 的de 直zhi"
    " 社she 科ke 秘mi 稳wen 第di 类lei 纠jiu 组zu 织zhi 结jie 给gei 继ji 维wei 罚fa 自zi 获huo"
    " 行xing 补bu 要yao 规gui 讼song 许xu 访fang 诉su 请qing 费fei 起qi 转zhuan 量liang 金jin"
    " 限xian 项xiang 额e 辦ban 處chu 務wu 報bao 請qing 計ji 總zong 數shu 訟song 議yi 項xiang"
    " 開kai 關guan 機ji"
)
PINYIN: Mapping[str, str] = {entry[0]: entry[1:] for entry in _PINYIN.split()}
"""Frequent characters with their reading, as reading aids of web sites gloss them."""
