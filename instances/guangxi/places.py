"""The counties of the generated Guangxi instance, by city. Names are public; which 79 take part, and their class, are assumed.

Letters after a name: ``k`` a county of the Yunnan–Guangxi–Guizhou karst area (``w``: one of its "window" counties), ``p`` a key
county outside it; their surplus land quota may be used elsewhere in the region. The document says 13 cities and 79 counties
and does not list them: of 14 cities Beihai, the only one without mountains, is taken to be the one that is left out.
"""

from __future__ import annotations

PLACES: dict[str, str] = {
    "南宁市": "武鸣区 邕宁区 横县 宾阳县 上林县k 马山县k 隆安县k",
    "柳州市": "柳城县 鹿寨县 融安县k 融水苗族自治县k 三江侗族自治县k",
    "桂林市": "全州县 兴安县 永福县 灌阳县 龙胜各族自治县k 资源县k 平乐县 荔浦县 恭城瑶族自治县",
    "梧州市": "苍梧县 藤县 蒙山县 岑溪市",
    "防城港市": "上思县 防城区",
    "钦州市": "灵山县 浦北县 钦北区",
    "贵港市": "平南县 桂平市 港南区 覃塘区",
    "玉林市": "容县 陆川县 博白县 兴业县 北流市",
    "百色市": "右江区w 田阳县k 田东县w 平果县w 德保县k 靖西市k 那坡县k 凌云县k 乐业县k 田林县k 西林县k 隆林各族自治县k",
    "贺州市": "八步区 平桂区 昭平县p 钟山县 富川瑶族自治县p",
    "河池市": (
        "金城江区w 宜州市 罗城仫佬族自治县k 环江毛南族自治县k 南丹县w 天峨县w 凤山县k 东兰县k 巴马瑶族自治县k "
        "都安瑶族自治县k 大化瑶族自治县k"
    ),
    "来宾市": "兴宾区 忻城县k 象州县 武宣县 金秀瑶族自治县p 合山市",
    "崇左市": "江州区 扶绥县 宁明县k 龙州县k 大新县k 天等县k",
}
SECOND = "宾阳县 武鸣区 灌阳县 恭城瑶族自治县 蒙山县 苍梧县 藤县 上思县 灵山县 桂平市 博白县 八步区 钟山县 宜州市 兴宾区 武宣县"
"""Counties of class 2 beside the "window" counties (assumed: poverty counties of the region, and with large mountain areas)."""


def counties() -> list[tuple[str, str, str, bool]]:
    """County, city, class, whether its surplus quota may be traded in the region."""
    found = []
    for city, names in PLACES.items():
        for name in names.split():
            mark = name[-1] if name[-1] in "kwp" else ""
            county = name.rstrip("kwp")
            poorest, second = mark in ("k", "p"), mark == "w" or county in SECOND.split()
            found.append((county, city, "1" if poorest else "2" if second else "3", bool(mark)))
    return found
