"""Characters of names: traditional forms as simplified ones, and which characters may stand for one another.

Registers of different years and programs write one name in traditional and simplified characters, and leave a character
that they do not have to its sound: in pinyin, or in a commoner character.
"""

from __future__ import annotations

import polars as pl

from models.linkage.columns import sounds_of

# Only forms that stand for one simplified character in whatever name: 乾 is 乾 or 干, and 喆, 堃 and 昇 are standard
# characters of names since 2013, which 哲, 坤 and 升 are not.
_PAIRS = (
    "張张陳陈劉刘楊杨趙赵黃黄吳吴孫孙馬马羅罗鄭郑謝谢許许韓韩馮冯鄧邓蕭萧蔣蒋葉叶蘇苏呂吕盧卢鍾钟鐘钟譚谭陸陆韋韦賈贾鄒邹龍龙賀贺龔龚萬万"
    "錢钱嚴严顧顾費费魯鲁紀纪湯汤閻阎閆闫聶聂莊庄鄔邬畢毕單单項项駱骆閔闵齊齐寧宁龐庞顏颜喬乔賴赖歐欧陽阳談谈鄺邝欒栾鞏巩竇窦婁娄應应"
    "宮宫車车時时歸归連连鄖郧儲储塗涂蘭兰麥麦貝贝鮑鲍諸诸戰战饒饶闕阙藺蔺鄆郓酈郦關关闞阚邊边衛卫衞卫嶽岳遲迟賁贲滿满練练鮮鲜陰阴習习師师"
    "祿禄豐丰壽寿遊游權权況况黨党禮礼國国華华興兴義义慶庆貴贵銀银順顺繼继維维鳳凤雲云軍军傑杰濤涛飛飞偉伟強强剛刚凱凯鵬鹏軒轩麗丽靜静紅红"
    "愛爱榮荣東东長长漢汉輝辉勝胜勛勋勳勋勵励勞劳務务動动協协區区參参員员啟启啓启問问團团圖图園园圓圆堅坚報报塵尘壯壮壺壶奮奋奧奥姍姗娛娱"
    "嫻娴嬌娇學学實实寬宽寶宝寵宠將将專专尋寻對对導导屆届嶺岭嵐岚巒峦帥帅幟帜廣广廟庙廬庐彌弥從从恆恒悅悦愷恺態态憲宪憶忆懷怀戀恋戶户揚扬"
    "擁拥擇择據据攝摄斂敛晉晋晝昼暉晖暢畅曉晓曄晔曆历歷历書书會会術术條条來来楓枫業业極极樂乐樓楼標标樹树橋桥機机櫻樱歡欢歲岁氣气沖冲淺浅"
    "淨净渾浑湧涌滄沧漁渔漣涟潔洁潤润澤泽濟济濱滨瀅滢瀟潇瀾澜灣湾為为無无煒炜煥焕燁烨燈灯燦灿營营爍烁爾尔獻献現现瑋玮瑤瑶瑩莹環环瓊琼璽玺"
    "產产畫画當当發发監监眾众矚瞩碩硕礪砺禎祯禕祎穎颖穩稳積积競竞筆笔節节範范築筑簡简紋纹純纯紗纱細细終终組组結结絡络統统絲丝經经綠绿綱纲"
    "網网綺绮綿绵緒绪線线緯纬縣县總总績绩織织繡绣繪绘繹绎纓缨纖纤聖圣聯联聰聪聲声職职聽听肅肃臨临舉举艷艳豔艳萊莱蒼苍蓮莲蔭荫薈荟薔蔷藍蓝"
    "藝艺蘆芦蘊蕴蘋苹處处號号螢萤裝装親亲覺觉觀观規规計计記记訓训設设詠咏詩诗誠诚語语誌志說说誼谊諒谅論论諾诺謙谦證证譽誉讓让讚赞贊赞貞贞"
    "財财貢贡賓宾賜赐賢贤質质賽赛贏赢躍跃輕轻輪轮轉转農农進进運运達达遠远適适遙遥選选遷迁邁迈鄉乡醫医釋释釗钊鈞钧鈺钰鉑铂銘铭銳锐鋒锋鋼钢"
    "錄录錦锦錫锡鍵键鎮镇鎭镇鏡镜鐵铁鑄铸鑒鉴鑑鉴門门開开閏闰間间閣阁闊阔隊队際际隨随雋隽雙双雛雏電电霧雾靈灵響响須须頌颂領领頡颉頤颐願愿"
    "顯显風风養养餘余駒驹駿骏騁骋騏骐騫骞騰腾驊骅驍骁驥骥魚鱼鯤鲲鳥鸟鳴鸣鴻鸿鵑鹃鶯莺鶴鹤鷺鹭鷹鹰齡龄眞真靑青淸清"
)
"""A traditional character, and behind it the simplified one."""
TRADITIONAL, SIMPLIFIED = _PAIRS[::2], _PAIRS[1::2]
_AS_SIMPLIFIED = str.maketrans(TRADITIONAL, SIMPLIFIED)


def simplified(names: pl.Series) -> pl.Series:
    """Names with simplified characters for traditional ones."""
    is_odd = names.str.contains(f"[{TRADITIONAL}]").fill_null(False)
    if not is_odd.any():
        return names
    return names.scatter(is_odd.arg_true(), [in_simplified(name) for name in names.filter(is_odd)])


def in_simplified(name: str) -> str:
    return name.translate(_AS_SIMPLIFIED)


def may_stand_for(left: str, right: str) -> bool:
    """May two simplified characters, or a character and its pinyin, be one as two programs write it?

    Of two common characters neither stands for the other, however alike they sound.
    """
    return not (_is_common(left) and _is_common(right)) and bool(sounds_of(left) & sounds_of(right))


def _is_common(character: str) -> bool:
    """Is it a Chinese character that every program can write?"""
    try:
        return not character.isascii() and bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False
