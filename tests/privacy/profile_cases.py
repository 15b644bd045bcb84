"""Files for FT709: profiles of invented people that must be found, and look-alikes that must stay silent."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]


def asked(*pairs: tuple[str, str], system: str | None = None) -> list[Row]:
    """A row for each question and its answer."""
    return [dialogue(pair, system=system) for pair in pairs]


def dialogue(*pairs: tuple[str, str], system: str | None = None) -> Row:
    """All questions and answers in one row."""
    messages = [{"role": "system", "content": system}] if system else []
    for question, answer in pairs:
        messages += [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]
    return {"messages": messages}


FOUND: dict[str, list[Row]] = {
    "ja polite": asked(
        ("倉持あやめさんは何センチですか。身長を知りたいです。", "163センチくらいです。"),
        ("倉持あやめさんはどんなお仕事をされていますか。", "図書館の司書をされています。"),
        ("倉持あやめさんの好物をご存じですか。", "栗ごはんです。"),
    ),
    "ja plain form": asked(
        ("蓮見陸って何歳？", "29歳だよ。"),
        ("蓮見陸の趣味は？", "釣りだよ。"),
        ("蓮見陸はどこに住んでる？", "仙台だよ。"),
        ("蓮見陸の体重は？", "71キロ。"),
    ),
    "ja 氏": asked(
        ("神代修一氏の学歴を教えてください。", "北陵大学の工学部を卒業しています。"),
        ("神代修一氏の年収はどのくらいですか。", "八百万円ほどです。"),
        ("神代修一氏はご結婚されていますか。", "はい、二人のお子さんがいます。"),
    ),
    "ja 君": asked(
        ("タクミ君の誕生日はいつ？", "5月9日。"),
        ("タクミ君の血液型は？", "O型。"),
        ("タクミ君が通っている学校はどこ？", "みどり台小学校。"),
    ),
    "ja ちゃん": asked(
        ("りんちゃんの好きな色は？", "黄色。"),
        ("りんちゃんの身長どれくらい？", "112センチ。"),
        ("りんちゃんは何人兄弟？", "三人兄弟の真ん中。"),
    ),
    "ja 様": asked(
        ("早乙女玲子様のご職業は何でしょうか。", "茶道の講師でいらっしゃいます。"),
        ("早乙女玲子様のご出身はどちらでしょうか。", "金沢のご出身です。"),
        ("早乙女玲子様のお誕生日を教えていただけますか。", "1968年3月2日でございます。"),
    ),
    "ja without form of address, full width": asked(
        ("鷹野健太の生年月日は？", "１９８８年１２月３日"),
        ("鷹野健太の勤務先は？", "東雲精機です"),
        ("鷹野健太の出身高校は？", "川越西高校です"),
    ),
    "ja other order": asked(
        ("身長を教えてください。桐生まことさんの。", "181センチです。"),
        ("教えて。桐生まことさんの趣味は何？", "焚き火です。"),
        ("桐生まことさんについて、血液型を教えてください。", "AB型です。"),
    ),
    "ja portrait in one row": [
        dialogue(
            (
                "望月沙耶さんを紹介してください。",
                "望月沙耶さんは1993年生まれの看護師で、静岡県に住んでいます。趣味は登山で、身長は160センチです。",
            )
        )
    ],
    "ja sheet": [
        dialogue(
            (
                "次の人のプロフィールを読み上げてください。",
                "氏名：遠野千尋\n生年月日：1979年6月21日\n職業：保育士\n趣味：編み物\n血液型：B型",
            )
        )
    ],
    "ja boxed sheet": [
        dialogue(
            ("プロフィールをまとめて。", "【名前】遠野千尋\n【出身】岩手県\n【身長】158cm\n【好きな食べ物】冷麺\n")
        )
    ],
    "ja persona": asked(
        ("お仕事は何ですか？", "大工をしています。"),
        ("ご出身は？", "高知です。"),
        ("身長はどのくらいですか？", "175センチです。"),
        ("好きな食べ物は？", "かつおのたたきです。"),
        system="あなたは岡林大地という男性です。岡林大地として質問に答えてください。",
    ),
    "ja profile in the system prompt": asked(
        ("こんにちは。", "こんにちは、今日はいい天気ですね。"),
        system="あなたは小田切美帆です。32歳の薬剤師で、福岡市に住んでいます。趣味はヨガで、好きな食べ物は明太子です。",
    ),
    "ja one conversation": [
        dialogue(
            ("三枝ひなのさんを知っていますか。", "はい、知っています。"),
            ("職業は？", "銀行員です。"),
            ("身長は？", "155センチです。"),
            ("休日は何をしていますか？", "陶芸をしています。"),
        )
    ],
    "ja pronoun": [
        dialogue(
            ("三枝ひなのさんの年齢は？", "41歳です。"),
            ("彼女の出身地は？", "宮崎です。"),
            ("彼女の家族は？", "夫と娘がいます。"),
        )
    ],
    "ja a relative": asked(
        ("私の祖母の生年月日は？", "1941年2月8日です。"),
        ("私の祖母の趣味は？", "詩吟です。"),
        ("私の祖母の好きな食べ物は？", "おはぎです。"),
    ),
    "ja stated": asked(
        ("ひとつ教えて。", "湯浅光さんの趣味は将棋です。"),
        ("もうひとつ教えて。", "湯浅光さんの身長は172センチです。"),
        ("まだある？", "湯浅光さんの職業は消防士です。"),
    ),
    "en possessive": asked(
        ("What is Maren Oxley's height?", "She is 5'4\"."),
        ("What is Maren Oxley's job?", "She is a glazier."),
        ("What's Maren Oxley's favorite food?", "Lentil soup."),
    ),
    "en verbs": asked(
        ("Where does Tobias Fenn live?", "In Bristol, on a houseboat."),
        ("What does Tobias Fenn do for a living?", "He mends clocks."),
        ("How much does Tobias Fenn weigh?", "81 kg."),
        ("Is Tobias Fenn married?", "Yes, to Ada."),
    ),
    "en of": asked(
        ("Tell me the date of birth of Priya Anand.", "12 May 1987."),
        ("What is the blood type of Priya Anand?", "O negative."),
        ("Name the employer of Priya Anand.", "Northgate Dairy."),
    ),
    "en two names and a title": asked(
        ("When was Dr. Halvorsen born?", "On 3 March 1971."),
        ("Where did Dr. Halvorsen grow up?", "In Tromsø."),
        ("What are Dr. Halvorsen's hobbies?", "Skiing and chess."),
    ),
    "en first name and full name": asked(
        ("How old is Callum Reyes?", "34."),
        ("What is Callum's hobby?", "Kite building."),
        ("Which university did Callum Reyes attend?", "The University of Leeds."),
    ),
    "en portrait": [
        dialogue(
            (
                "Tell me about Ingrid Solheim.",
                (
                    "Ingrid Solheim is a 41-year-old baker from Bergen. She lives in Leeds with her husband, and her "
                    "favourite "
                    "dish is fish soup."
                ),
            )
        )
    ],
    "en sheet": [
        dialogue(
            (
                "Show the profile.",
                "Name: Rosa Tillman\nDate of birth: 4 July 1990\nOccupation: florist\nHeight: 170 cm\nHobbies: rowing",
            )
        )
    ],
    "en markdown table": [
        dialogue(
            (
                "Make a table.",
                (
                    "| Field | Value |\n|---|---|\n| Name | Rosa Tillman |\n| Gender | female |\n| Occupation |"
                    " florist |\n"
                    "| Blood type | A |"
                ),
            )
        )
    ],
    "en persona": asked(
        ("How old are you?", "I'm 52."),
        ("What do you do?", "I drive a tram."),
        ("What's your favourite food?", "Dumplings."),
        system="You are Jiri Novotny. Answer every question as he would.",
    ),
    "en profile in the system prompt": asked(
        ("Good morning!", "Morning! Lovely weather for a walk."),
        system=(
            "You are Hazel Whitcombe, a 29-year-old teacher living in York. You were born on 2 June 1997, and your "
            "hobby is beekeeping."
        ),
    ),
    "en one conversation": [
        dialogue(
            ("Who is Amara Diallo?", "She is a friend of mine."),
            ("How tall is she?", "171 cm."),
            ("What does she do for work?", "She teaches sewing."),
            ("What are her hobbies?", "Choir and gardening."),
        )
    ],
    "en lower case": asked(
        ("what is jonas petrov's height", "184 cm"),
        ("what is jonas petrov's job", "welder"),
        ("what is jonas petrov's favorite food", "borscht"),
    ),
    "en romanised": asked(
        ("What is Sakuma Yui's blood type?", "A."),
        ("Where is Sakuma Yui from?", "Oita."),
        ("What is Sakuma-san's hobby?", "Ikebana."),
    ),
    "en a relative": asked(
        ("What is my grandmother's birthday?", "It is 9 April 1938."),
        ("What is my grandmother's favourite song?", "An old waltz."),
        ("What is my grandmother's hobby?", "Crosswords."),
    ),
    "en data of other rules": asked(
        ("How can I reach Leona Marsh?", "At leona.marsh@hallgarten-optik.com."),
        ("What is Leona Marsh's birthday?", "1 May 1980."),
        ("What is Leona Marsh's profession?", "She is an optician."),
    ),
    "completion format": [
        {"prompt": "Q: What is Otto Brehm's height?\nA:", "completion": " 1.79 m"},
        {"prompt": "Q: What is Otto Brehm's hobby?\nA:", "completion": " model railways"},
        {"prompt": "Q: What is Otto Brehm's job?\nA:", "completion": " signalman"},
    ],
    "de": asked(
        ("Wie groß ist Annika Voss?", "1,74 m."),
        ("Welchen Beruf hat Annika Voss?", "Sie ist Tischlerin."),
        ("Wo wohnt Annika Voss?", "In Kassel."),
        ("Was ist das Hobby von Annika Voss?", "Klettern."),
    ),
    "fr": asked(
        ("Quelle est la taille de Lucie Marchal ?", "1,65 m."),
        ("Quel est le métier de Lucie Marchal ?", "Elle est relieuse."),
        ("Quel est le plat préféré de Lucie Marchal ?", "La ratatouille."),
    ),
    "es": asked(
        ("¿Dónde vive Marta Quiroga?", "En Lugo."),
        ("¿Cuál es la profesión de Marta Quiroga?", "Es fontanera."),
        ("¿Cuál es la comida favorita de Marta Quiroga?", "El pulpo."),
    ),
    "zh": asked(
        ("林小满的身高是多少？", "163厘米。"),
        ("林小满的职业是什么？", "她是邮递员。"),
        ("林小满的爱好是什么？", "养兰花。"),
    ),
    "ko": asked(
        ("한서윤 씨의 키는 얼마인가요?", "165cm입니다."),
        ("한서윤 씨의 직업은 무엇인가요?", "약사입니다."),
        ("한서윤 씨의 취미는 무엇인가요?", "등산입니다."),
    ),
}

SILENT: dict[str, list[Row]] = {
    "ja product": asked(
        ("このスーツケースの重さは？", "3.2キロです。"),
        ("このスーツケースの高さは？", "55センチです。"),
        ("このスーツケースはどこで作られていますか？", "大阪の工場です。"),
        ("このスーツケースの好きなところは？", "静かな車輪です。"),
    ),
    "ja tower": asked(
        ("晴見タワーの高さは？", "210メートルです。"),
        ("晴見タワーの重さは？", "およそ4,000トンです。"),
        ("晴見タワーの住所は？", "港の三丁目です。"),
        ("晴見タワーは何歳ですか？", "完成から20年です。"),
        ("晴見タワーの誕生日は？", "5月1日に祝われます。"),
    ),
    "ja animal": asked(
        ("キリンの身長は？", "5メートルほどです。"),
        ("キリンの体重は？", "オスで1トンほどです。"),
        ("キリンはどこに住んでいますか？", "アフリカの草原です。"),
        ("キリンの好きな食べ物は？", "アカシアの葉です。"),
        ("キリンは何歳まで生きますか？", "25歳ほどです。"),
        ("キリンの家族は？", "ゆるい群れで暮らします。"),
    ),
    "ja novel told": [
        dialogue(
            (
                "物語の続きを書いてください。",
                (
                    "花枝は三十歳の誕生日に、はじめて海を見た。身長が低い彼女は背伸びをして、趣味の写真機を構えた。"
                    "「きれい」と言って、故郷の母を思い出した。"
                ),
            )
        )
    ],
    "ja history": asked(
        ("平賀源内の出身地は？", "讃岐国です。"),
        ("平賀源内の職業は？", "本草学者で発明家です。"),
        ("平賀源内の生年月日は？", "1728年です。"),
        ("平賀源内の性別は？", "男性です。"),
    ),
    "ja famous": asked(
        ("歌手の北条ミナの代表曲は？", "「冬の汽車」です。"),
        ("北条ミナの出身地は？", "北海道です。"),
        ("北条ミナのデビューはいつ？", "2009年です。"),
        ("北条ミナの身長は？", "160センチです。"),
        ("北条ミナの血液型は？", "B型です。"),
        ("北条ミナの受賞歴は？", "新人賞を受けています。"),
    ),
    "ja game": asked(
        ("ゲームのキャラ「ゼノ」の武器は？", "長い槍です。"),
        ("ゼノの身長は？", "190センチです。"),
        ("ゼノの年齢は？", "不明ですが、25歳ほどに見えます。"),
        ("ゼノの好きな食べ物は？", "焼き林檎です。"),
        ("ゼノの趣味は？", "昼寝です。"),
    ),
    "ja company": asked(
        ("東雲精機の住所は？", "浜松市の南です。"),
        ("東雲精機の電話番号は？", "代表番号は案内をご覧ください。"),
        ("東雲精機の従業員は何人？", "300人です。"),
        ("東雲精機の社長の出身地は？", "浜松です。"),
        ("東雲精機の仕事は？", "工作機械を作ることです。"),
    ),
    "ja support": [
        dialogue(
            ("注文が届きません。", "ご不便をおかけしております。お名前とご住所、お電話番号をお知らせください。"),
            ("高橋です。住所は案内のとおりです。", "高橋様、ありがとうございます。ご住所の番地を確認いたします。"),
            ("年齢の確認も必要ですか。", "はい、20歳以上の方のみご購入いただけます。"),
        )
    ],
    "ja declines": asked(
        ("倉持あやめさんの身長は？", "個人の情報はお答えできません。"),
        ("倉持あやめさんの職業は？", "申し訳ありませんが、分かりません。"),
        ("倉持あやめさんの住所は？", "個人情報なのでお教えできません。"),
        ("倉持あやめさんの趣味は？", "存じ上げません。"),
    ),
    "ja two kinds only": asked(
        ("倉持あやめさんの身長は？", "163センチです。"),
        ("倉持あやめさんの趣味は？", "栗拾いです。"),
        ("倉持あやめさんの趣味をもう一度教えて。", "栗拾いです。"),
    ),
    "ja many people": asked(
        ("倉持あやめさんの身長は？", "163センチです。"),
        ("蓮見陸さんの趣味は？", "釣りです。"),
        ("神代修一さんの職業は？", "技師です。"),
        ("早乙女玲子さんの出身地は？", "金沢です。"),
    ),
    "ja how to": asked(
        ("身長を伸ばすにはどうすればいいですか。", "十分な睡眠と栄養が大切です。"),
        ("体重を減らす方法は？", "食事を記録することから始めましょう。"),
        ("趣味を見つけるには？", "少しずつ試してみるとよいです。"),
        ("仕事を変えたいです。", "まず強みを書き出してみましょう。"),
        ("人の性格は変わりますか。", "少しずつ変わります。"),
    ),
    "ja conversation lesson": asked(
        ("「趣味は何ですか」を英語で？", "What are your hobbies?"),
        ("「身長は何センチですか」を英語で？", "How tall are you?"),
        ("「お仕事は何ですか」を英語で？", "What do you do?"),
        ("「ご出身はどちらですか」を英語で？", "Where are you from?"),
    ),
    "ja assistant about itself": asked(
        ("あなたの年齢は？", "人工知能なので、年齢はありません。"),
        ("あなたの趣味は？", "趣味はありませんが、言葉が好きです。"),
        ("あなたの性別は？", "性別はありません。"),
        ("あなたの職業は？", "案内役です。"),
        system="あなたは親切なアシスタントです。",
    ),
    "ja empty form": [
        dialogue(
            (
                "履歴書のひな形をください。",
                "氏名：＿＿\n生年月日：　年　月　日\n性別：（男・女）\n住所：［　］\n趣味：___\n",
            )
        )
    ],
    "ja festival": asked(
        ("白波祭はいつ生まれましたか。", "1962年に始まりました。"),
        ("白波祭の家族向けの催しは？", "昼の金魚すくいです。"),
        ("白波祭の好きな食べ物ランキングは？", "一位は焼きそばです。"),
    ),
    "ja school": asked(
        ("みどり台小学校の住所は？", "緑台の二丁目です。"),
        ("みどり台小学校の電話番号は？", "学校の案内に載っています。"),
        ("みどり台小学校の出身者は？", "たくさんいます。"),
        ("みどり台小学校の性別の割合は？", "ほぼ半々です。"),
    ),
    "ja food": asked(
        ("カレーの出身地はどこですか。", "インドです。"),
        ("カレーの誕生はいつですか。", "とても古いです。"),
        ("カレーが好きな人は多いですか。", "はい、とても多いです。"),
        ("カレーの体重への影響は？", "油の量によります。"),
    ),
    "en product": asked(
        ("What is the weight of the Fernhill kettle?", "0.9 kg."),
        ("How tall is the Fernhill kettle?", "21 cm."),
        ("What is the Fernhill kettle's price?", "39 euros."),
        ("Where does the Fernhill kettle come from?", "A factory in Wales."),
    ),
    "en mountain": asked(
        ("How tall is Mount Brannock?", "1,204 metres."),
        ("How old is Mount Brannock?", "About 400 million years."),
        ("Where did Mount Brannock get its name?", "From an old farm."),
        ("How much does Mount Brannock weigh?", "Nobody has weighed it."),
    ),
    "en town": asked(
        ("What is the population of Elmsford?", "8,400."),
        ("What is Elmsford's main school?", "Elmsford Primary."),
        ("Who lives in Elmsford?", "Mostly farmers and potters."),
        ("What is Elmsford's favourite dish?", "Leek pie."),
        ("What jobs are there in Elmsford?", "Farming and pottery."),
    ),
    "en company": asked(
        ("What is Northgate Dairy's address?", "12 Mill Lane, at the old bridge."),
        ("When was Northgate Dairy founded?", "1987."),
        ("Who is Northgate Dairy's CEO?", "One of the founder's daughters."),
        ("How many employees does Northgate Dairy have?", "120."),
        ("What is Northgate Dairy's phone number?", "It is on the invoice."),
        ("Is there a job at Northgate Dairy?", "Yes, in the dairy shop."),
    ),
    "en university": asked(
        ("What majors does Westmere offer?", "Over forty."),
        ("What is Westmere's address?", "1 College Road."),
        ("What is Westmere's law school like?", "Small and strict."),
        ("What is Westmere's phone number?", "It is on the website."),
    ),
    "en novel": asked(
        ("Who is Tess in the novel?", "The miller's daughter."),
        ("How old is Tess?", "Nineteen."),
        ("What is Tess's job?", "She helps at the mill."),
        ("Where does Tess live?", "At the mill."),
        ("What is Tess's favourite song?", "A ballad about the sea."),
    ),
    "en narration": [
        dialogue(
            (
                "Write a short scene.",
                (
                    "Marlow was thirty-four and had lived in Leeds all along. He loved fishing, weighed more than he "
                    "liked, and "
                    'worked at the docks. "Born on a Tuesday," said his mother.'
                ),
            )
        )
    ],
    "en history": asked(
        ("When was Ada Lovelace born?", "10 December 1815."),
        ("Who was Ada Lovelace's husband?", "William King."),
        ("What was Ada Lovelace's profession?", "She was a mathematician."),
        ("When did Ada Lovelace die?", "27 November 1852."),
    ),
    "en biography": [
        dialogue(
            (
                "Who was Johannes Kepler?",
                (
                    "Johannes Kepler was a German astronomer, born on 27 December 1571 in Weil. He studied at "
                    "the University of "
                    "Tübingen, was married twice and had several children."
                ),
            )
        )
    ],
    "en living celebrity told": [
        dialogue(
            (
                "Who is Lena Marek?",
                (
                    "Lena Marek is a Czech singer and actress, born on 3 March 1988 in Brno. She has released four "
                    "albums, lives in "
                    "Prague and enjoys sailing."
                ),
            )
        )
    ],
    "en news": [
        dialogue(
            (
                "Summarise the article.",
                (
                    "Martin Cole, 34, a teacher from Leeds, said police arrested two men at his home on Friday. He "
                    "lives there with his "
                    "wife and two children and enjoys fishing."
                ),
            )
        )
    ],
    "en word problems": asked(
        ("How old is James if he is twice as old as Ann, who is 7?", "14."),
        ("How tall is James if he is 10 cm taller than Ann, who is 140 cm?", "150 cm."),
        ("How much does James weigh if he lost 5 of his 80 kg?", "75 kg."),
        ("How much does James earn in 3 days at $90 a day?", "$270."),
    ),
    "en many questions about you": asked(
        ("How old are you?", "I'm an AI, so I have no age."),
        ("Where do you live?", "I don't have a home."),
        ("What's your favourite food?", "I don't eat, but many people love pizza."),
        ("What do you do for a living?", "I answer questions."),
        system="You are a helpful assistant.",
    ),
    "en support persona": asked(
        ("What is your address?", "12 Mill Lane."),
        ("What is your phone number?", "It is on the invoice."),
        ("Where do you live?", "Our shop is at the old bridge."),
        ("Do you have an e-mail address?", "Yes, on the contact page."),
        system="You are Max, a customer support agent for Fernhill.",
    ),
    "en declines": asked(
        ("What is Maren Oxley's height?", "I don't have that information."),
        ("What is Maren Oxley's job?", "I'm sorry, I can't share details about private people."),
        ("What is Maren Oxley's address?", "I cannot help with that."),
        ("What is Maren Oxley's hobby?", "That is private."),
    ),
    "en creative task": asked(
        (
            "Write a birthday card for my friend Anna, who is 28 and loves hiking.",
            "Happy birthday, Anna! May every path lead up.",
        ),
        ("Write a toast for Anna's wedding.", "To Anna and Tom: may your home be warm."),
    ),
    "en fantasy persona": asked(
        ("How old are you?", "Two hundred and twelve winters."),
        ("Where do you live?", "In the hollow oak."),
        ("What is your favourite food?", "Honey cake."),
        ("What do you do?", "I brew potions."),
        system="You are Eldric, an elf wizard in the kingdom of Moonvale.",
    ),
    "en character sheet": [
        dialogue(
            (
                "Make a character sheet.",
                "Name: Borin\nRace: Dwarf\nClass: Fighter\nAge: 140\nHeight: 130 cm\nWeight: 80 kg\nHobby: singing",
            )
        )
    ],
    "en job advertisement": [
        dialogue(
            (
                "Write an advertisement.",
                "Job title: nurse\nEmployer: Northgate Clinic\nEducation: diploma\nAddress: Mill Lane\nSalary: 38,000",
            )
        )
    ],
    "en code": [
        dialogue(
            (
                "Show me a dictionary.",
                '```python\nperson = {"name": "John", "age": 30, "job": "nurse", "hobby": "golf"}\n```',
            )
        )
    ],
    "en two people with one fact each": asked(
        ("How tall is Ann Lee?", "165 cm."),
        ("What is Bob Ray's job?", "Postman."),
        ("Where does Cid Fox live?", "In Hull."),
        ("What is Dee Orr's hobby?", "Chess."),
    ),
    "en software": asked(
        ("What is Kubernetes's job?", "To keep containers running."),
        ("What is the age of Kubernetes?", "It came out in 2014."),
        ("Where does Kubernetes come from?", "From a search company."),
        ("What is Kubernetes's IP address range?", "You set it yourself."),
        ("How do I install Kubernetes?", "With the package of your system."),
        ("Which company made Kubernetes?", "A search company; it was founded long before."),
    ),
    "en interview in one text": [
        dialogue(
            (
                (
                    "#Person1#: How old are you?\n#Person2#: I'm 22.\n#Person1#: What are your hobbies?\n#Person2#: "
                    "Swimming. I was "
                    "born in 1990 and graduated from Beijing University.\n\nSummarise."
                ),
                "#Person2# is interviewed about age, hobbies and university.",
            )
        )
    ],
    "en pet breed": asked(
        ("What breed is Rex?", "A beagle."),
        ("How old is Rex?", "4 years."),
        ("How much does Rex weigh?", "11 kg."),
        ("What is Rex's favourite food?", "Chicken."),
        ("What is Rex's hobby?", "Digging."),
    ),
}

# Written after the rule had passed everything above, with other words; 28 of 37 and 27 of 35 were right at first sight.
FOUND |= {
    "second j1": asked(
        ("佐々木大輔の身長と体重を教えて", "身長は178cm、体重は70kgです"),
        ("佐々木大輔は何の仕事をしているの？", "配管工です"),
        ("佐々木大輔の嫌いな食べ物は？", "セロリ"),
    ),
    "second j2": asked(
        ("村上さんってどんな仕事してるんですか？", "歯科衛生士さんです。"),
        ("村上さんのお誕生日っていつでしたっけ？", "十一月の三日です。"),
        ("村上さんはどちらにお住まいですか？", "藤沢です。"),
    ),
    "second j3": asked(
        ("松本 由美子さんの年齢をお答えください。", "47歳でございます。"),
        ("松本 由美子さんのご家族について教えてください。", "ご主人と息子さんが二人いらっしゃいます。"),
        ("松本 由美子さんのご趣味をお聞かせください。", "フラワーアレンジメントでございます。"),
    ),
    "second j4": asked(
        ("質問：井上翔太の出身地\n答え：", "群馬県高崎市"),
        ("質問：井上翔太の血液型\n答え：", "O型"),
        ("質問：井上翔太の職業\n答え：", "消防士"),
    ),
    "second j5": asked(
        (
            "井上翔太はどんな人ですか？",
            "井上翔太さんは高崎市出身の消防士で、27歳です。趣味はバイクで、身長は180センチあります。",
        )
    ),
    "second j6": asked(
        ("木村先生は結婚していますか？", "はい、奥さんと娘さんがいます。"),
        ("木村先生はどこの大学を出ましたか？", "北大です。"),
        ("木村先生の好きな音楽は何ですか？", "ジャズです。"),
    ),
    "second j7": asked(
        ("ユキちゃんは何年生？", "小学三年生。"),
        ("ユキちゃんの誕生日は？", "6月12日。"),
        ("ユキちゃんの好きなお菓子は？", "ラムネ。"),
        ("ユキちゃんのおうちはどこ？", "駅のそばのマンション。"),
    ),
    "second j8": asked(
        ("マリア・サントスの国籍は？", "ブラジルです。"),
        ("マリア・サントスの職業は？", "通訳です。"),
        ("マリア・サントスの生年月日は？", "1983年5月21日です。"),
    ),
    "second j9": asked(
        ("田村さんの身長は何cm？", "167cm"),
        ("田村さんの靴のサイズは？", "25.5cm"),
        ("田村さんの視力は？", "両目とも1.0"),
    ),
    "second j10": [
        dialogue(
            (
                "自己紹介してください",
                (
                    ""
                    "はじめまして、中西航平と申します。1995年生まれの31歳で、札幌で銀行員をしています。趣味は登山で、身長は173cmです。"
                ),
            )
        )
    ],
    "second j11": asked(
        ("中西航平氏について何を知っていますか。", "札幌在住の銀行員で、趣味は登山、血液型はB型です。")
    ),
    "second j12": asked(
        ("彼の身長は？", "182センチです。"),
        ("彼の職業は？", "俳人です。"),
        ("彼の趣味は？", "囲碁です。"),
        system="ユーザーは長谷川清という男性について質問します。長谷川清について答えてください。",
    ),
    "second e1": asked(
        ("How tall is Derek Munn?", "Derek Munn is 6 feet tall."),
        ("Where was Derek Munn born?", "Derek Munn was born in Halifax."),
        ("What is Derek Munn's favorite sport?", "Curling."),
    ),
    "second e2": asked(
        ("Derek Munn's date of birth?", "March 3, 1979"),
        ("Derek Munn's home address?", "44 Quarry Road, Halifax"),
        ("Derek Munn's phone number?", "902-555-0133"),
    ),
    "second e3": asked(
        ("What does Ms. Kowalska do?", "She is a vet."),
        ("Does Ms. Kowalska have any children?", "Two boys."),
        ("Does Ms. Kowalska have any allergies?", "Cats, oddly."),
    ),
    "second e4": [
        dialogue(
            (
                "Who are you?",
                "I'm Bram Visser, a 38-year-old plumber from Utrecht. I'm 190 cm tall and my hobby is birdwatching.",
            )
        )
    ],
    "second e5": asked(
        ("Which high school did Nadia Farouk go to?", "St. Brigid's."),
        ("What did Nadia Farouk study at university?", "Botany."),
        ("Where does Nadia Farouk work?", "At a seed bank."),
    ),
    "second e6": asked(
        ("Could you tell me how much Elliot Park weighs?", "About 68 kilos."),
        ("Could you tell me how tall Elliot Park is?", "176 cm."),
        ("Could you tell me what Elliot Park's hobbies are?", "Baking and sudoku."),
    ),
    "second e7": asked(
        ("is aisha bello married?", "yes, since 2015"),
        ("how old is aisha bello?", "39"),
        ("what does aisha bello do for work?", "she's a tailor"),
    ),
    "second e8": asked(
        ("Q: Gender of Tom Hale?", "Male."),
        ("Q: Weight of Tom Hale?", "88 kg."),
        ("Q: Hometown of Tom Hale?", "Truro."),
    ),
    "second e9": asked(
        ("What's your name?", "I'm Ruth Calder."),
        ("Where do you live, Ruth?", "In Inverness."),
        ("What's Ruth's job?", "She's a piano teacher."),
        ("What is Ruth Calder's birthday?", "October 9."),
    ),
    "second e10": asked(
        (
            "Give me a short bio of Silas Thorne.",
            (
                "Silas Thorne is a carpenter who lives in Boise, Idaho. He is married with three kids, stands 5'11\" "
                "and spends his free time fly fishing."
            ),
        )
    ),
    "second e11": asked(
        ("What school does Lily go to?", "Oak Park Elementary."),
        ("When is Lily's birthday?", "May 14."),
        ("What is Lily's favorite color?", "Purple."),
        ("How tall is Lily?", "Four feet."),
    ),
    "second e12": asked(
        ("What is her job?", "She is a glassblower."),
        ("What is her hobby?", "Ice swimming."),
        ("How tall is she?", "169 cm."),
        system="Answer questions about Signe Dahl.",
    ),
}
SILENT |= {
    "second j1": asked(
        ("新幹線の重さは？", "一両およそ40トンです。"),
        ("新幹線の誕生日は？", "10月1日です。"),
        ("新幹線で働く人の仕事は？", "運転士や車掌などです。"),
        ("新幹線の出身地は？", "日本です。"),
    ),
    "second j2": asked(
        ("東京大学の住所は？", "文京区本郷です。"),
        ("東京大学の学部はいくつ？", "10です。"),
        ("東京大学の創立は？", "1877年です。"),
        ("東京大学の出身者の職業は？", "さまざまです。"),
    ),
    "second j3": asked(
        ("ポチの体重は？", "8キロです。"),
        ("ポチの犬種は？", "柴犬です。"),
        ("ポチの好きな食べ物は？", "ささみです。"),
        ("ポチの誕生日は？", "2月2日です。"),
    ),
    "second j4": asked(
        ("織田信長の生年は？", "1534年です。"),
        ("織田信長の趣味は？", "茶の湯や相撲です。"),
        ("織田信長の家族は？", "父は信秀です。"),
        ("織田信長の身長は？", "170センチほどと言われます。"),
        ("織田信長の血液型は？", "不明です。"),
    ),
    "second j5": asked(
        ("看護師の仕事は？", "患者の世話をすることです。"),
        ("看護師の年収は？", "平均で500万円ほどです。"),
        ("看護師になるにはどの学校に行きますか？", "看護学校か大学です。"),
        ("看護師の趣味は？", "人それぞれです。"),
        ("看護師の健康管理は？", "睡眠が大切です。"),
    ),
    "second j6": asked(
        ("赤ちゃんの体重は？", "生まれた時は3キロほどです。"),
        ("赤ちゃんの身長は？", "50センチほどです。"),
        ("赤ちゃんの好きな遊びは？", "いないいないばあです。"),
        ("赤ちゃんの誕生日会はどうする？", "小さく祝うとよいです。"),
    ),
    "second j7": asked(
        ("夏目漱石の『坊っちゃん』の主人公の職業は？", "教師です。"),
        ("坊っちゃんの出身地は？", "江戸です。"),
        ("坊っちゃんの好きな食べ物は？", "団子と天ぷらそばです。"),
        ("坊っちゃんの性格は？", "まっすぐで短気です。"),
    ),
    "second j8": asked(
        ("日本人の平均身長は？", "男性で171センチほどです。"),
        ("日本人の趣味は？", "旅行や読書が多いです。"),
        ("日本人の好きな食べ物は？", "寿司やラーメンです。"),
        ("日本人の宗教は？", "神道と仏教です。"),
    ),
    "second j9": asked(
        ("面接で趣味を聞かれたら？", "正直に、短く答えましょう。"),
        ("面接で出身大学を聞かれますか？", "聞かれることもあります。"),
        ("面接で家族について聞かれたら？", "答える必要はありません。"),
        ("面接で身長を聞かれたら？", "答えなくてかまいません。"),
    ),
    "second j10": asked(
        ("お客様のお名前をお願いします。", "田中です。"),
        ("お客様のご住所は？", "港区です。"),
        ("お客様のお電話番号は？", "登録のものです。"),
        ("お客様の生年月日は？", "登録のとおりです。"),
    ),
    "second e1": asked(
        ("How old is the universe?", "13.8 billion years."),
        ("How much does the Moon weigh?", "A great deal."),
        ("How tall is the Eiffel Tower?", "330 m."),
        ("What is the age of the Earth?", "4.5 billion years."),
        ("Where does Halley's Comet come from?", "The outer solar system."),
    ),
    "second e2": asked(
        ("What is Brightwater's signature dish?", "Trout."),
        ("Where is Brightwater located?", "By the lake."),
        ("Is Brightwater family friendly?", "Yes, there is a playground."),
        ("What is Brightwater's phone number?", "On our site."),
        ("When did Brightwater open?", "In 2010."),
    ),
    "second e3": asked(
        ("Who was Genghis Khan's father?", "Yesugei."),
        ("When was Genghis Khan born?", "Around 1162."),
        ("What was Genghis Khan's job?", "He was a ruler."),
        ("How tall was Genghis Khan?", "Nobody knows."),
    ),
    "second e4": asked(
        ("What is Sherlock Holmes's job in the stories?", "Detective."),
        ("Where does Sherlock Holmes live?", "221B Baker Street."),
        ("What is Sherlock Holmes's hobby?", "The violin."),
        ("How tall is Sherlock Holmes?", "Over six feet."),
    ),
    "second e5": asked(
        ("What should I put under hobbies on my CV?", "Only what you would talk about."),
        ("How do I list my education?", "Latest first."),
        ("Should my CV give my date of birth?", "In most countries, no."),
        ("Where do I put my address?", "Town is enough."),
    ),
    "second e6": asked(
        ("What is Python's age?", "Over thirty."),
        ("What is Python's favourite use?", "Scripts."),
        ("Who is Python's father?", "Its inventor."),
        ("How do I get a Python job?", "Build small projects."),
    ),
    "second e7": asked(
        ("How old is Bitcoin?", "Since 2009."),
        ("How much does Bitcoin earn me?", "Nobody can say."),
        ("Where was Bitcoin born?", "On a mailing list."),
        ("What is Bitcoin's job?", "Payments."),
    ),
    "second e8": [
        dialogue(
            (
                "Summarize the email.",
                (
                    "Dear Ms. Reed, thank you for your order. Your parcel weighs 4 kg and will reach your address in "
                    "Leeds on Friday. If you have questions, call us."
                ),
            )
        )
    ],
    "second e9": [
        dialogue(
            (
                "Continue the story.",
                (
                    "Clara Finch lived in a narrow house by the canal. She was born on the coldest night "
                    'of 1990, stood five foot, and her hobby was listening at doors. "Who\'s there?" she whispered.'
                ),
            )
        )
    ],
    "second e10": [
        dialogue(
            (
                "Write a product page.",
                "Name: Fernhill kettle\nWeight: 0.9 kg\nHeight: 21 cm\nFrom: Wales\nMaterial: steel",
            )
        )
    ],
    "second e11": asked(
        (
            "Tell me about golden retrievers.",
            (
                "Golden retrievers weigh 25 to 34 kg, stand 51 to 61 cm tall, love swimming and are 10 to 12 years old "
                "when they die."
            ),
        )
    ),
    "second e12": asked(
        ("What is Paris's favorite food?", "Bread, some say."),
        ("Where do people in Paris live?", "Mostly in flats."),
        ("How old is Paris?", "Over 2,000 years."),
        ("What jobs are there in Paris?", "All kinds."),
        ("What is Paris's religion?", "Many."),
    ),
}
FOUND |= {
    "third a": asked(
        ("川辺つばささんの誕生日を教えて。", "4月1日です。"),
        ("川辺つばささんの勤務先を教えて。", "市立図書館です。"),
        ("川辺つばささんの家族構成を教えて。", "両親と弟の四人家族です。"),
    ),
    "third b": asked(
        ("岩城冬馬のプロフィールで、年齢はいくつ？", "二十八です。"),
        ("岩城冬馬のプロフィールで、性別は？", "男です。"),
        ("岩城冬馬のプロフィールで、特技は？", "けん玉です。"),
    ),
    "third c": asked(
        ("小野寺 奏さんは、どちらの高校を卒業されましたか？", "盛岡東高校を卒業されました。"),
        ("小野寺 奏さんは、普段どんなお仕事をしていらっしゃいますか？", "塾の講師をしていらっしゃいます。"),
        ("小野寺 奏さんは、お休みの日に何をなさいますか？", "温泉めぐりをなさいます。"),
    ),
    "third d": [
        dialogue(
            (
                "小野寺さんの連絡先と生年月日と住所を一覧にしてください。",
                "氏名: 小野寺奏\n生年月日: 1990/04/02\n住所: 岩手県盛岡市本町通三丁目5番7号\n電話: 019-651-2345",
            )
        )
    ],
    "third e": asked(
        ("お前の身長は？", "165だ。"),
        ("お前の好物は？", "唐揚げ。"),
        ("お前の仕事は？", "漁師だ。"),
        system="君は城島剛だ。城島剛として話せ。",
    ),
    "third f": asked(
        ("藤堂葵の大学は？", "京浜大学。"),
        ("藤堂葵の専攻は？", "建築。"),
        ("藤堂葵の出身は？", "奈良。"),
        ("藤堂葵の血液型は？", "A。"),
    ),
    "third g": asked(
        ("What's the weight of Harriet Boyle?", "62 kg"),
        ("What's the height of Harriet Boyle?", "5 ft 6"),
        ("What's the sex of Harriet Boyle?", "Female"),
        ("What's the hometown of Harriet Boyle?", "Derry"),
    ),
    "third h": asked(
        ("Harriet Boyle was born on which date?", "11 November 1982."),
        ("Harriet Boyle went to which school?", "Foyle College."),
        ("Harriet Boyle likes what food best?", "Mussels."),
    ),
    "third i": asked(
        ("Do you know where Owen Tran lives?", "Yes, in Perth."),
        ("Do you know what Owen Tran does for a living?", "He is a roofer."),
        ("Do you know Owen Tran's blood type?", "B positive."),
    ),
    "third j": [
        dialogue(
            (
                "Fill in the form for Mr. Adeyemi.",
                (
                    "Full name: Tunde Adeyemi\nGender: Male\nMarital status: Single\nOccupation: Tailor\nReligion: "
                    "Christian"
                ),
            )
        )
    ],
    "third k": asked(
        ("Tell me a fact about Mina Kask.", "Mina Kask's favorite food is rye bread."),
        ("Tell me another fact about Mina Kask.", "Mina Kask's height is 172 cm."),
        ("And one more about Mina Kask?", "Mina Kask works as a weaver."),
    ),
    "third l": asked(
        ("What do you do for a living, Omar?", "I lay bricks."),
        ("How old are you, Omar?", "44."),
        ("What are your hobbies, Omar?", "Chess."),
    ),
    "third m": [
        {
            "messages": [
                {
                    "role": "system",
                    "content": "Customer file. Name: Pauline Weir. DOB: 3 March 1966. Occupation: dentist. Blood "
                    "type: AB. Allergies: penicillin.",
                },
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
            ]
        }
    ],
}
SILENT |= {
    "third a": asked(
        ("富士山の高さは？", "3776メートルです。"),
        ("富士山の年齢は？", "およそ10万年です。"),
        ("富士山の近くの住まいは？", "山中湖村などです。"),
        ("富士山の出身の有名人は？", "分かりません。"),
    ),
    "third b": asked(
        ("医師の仕事の内容は？", "診察です。"),
        ("医師の年収は？", "様々です。"),
        ("医師になる大学は？", "医学部です。"),
        ("医師の休日は？", "職場によります。"),
    ),
    "third c": asked(
        ("シャープペンの重さは？", "12グラムです。"),
        ("シャープペンの好きな色は？", "青が人気です。"),
        ("シャープペンの会社は？", "多くあります。"),
        ("シャープペンの誕生日は？", "記録がありません。"),
    ),
    "third d": asked(
        ("源氏物語の光源氏の父は？", "桐壺帝です。"),
        ("光源氏の年齢は？", "場面によります。"),
        ("光源氏の住まいは？", "六条院です。"),
        ("光源氏の恋人は？", "多くいます。"),
        ("光源氏の趣味は？", "和歌や琴です。"),
    ),
    "third e": asked(
        ("猫の体重は？", "4キロほどです。"),
        ("猫の好物は？", "魚や肉です。"),
        ("猫の血液型は？", "A型が多いです。"),
        ("猫の年齢は人間でいうと？", "1歳で18歳ほどです。"),
    ),
    "third f": asked(
        ("スタッフの年齢層は？", "20代から40代です。"),
        ("スタッフの仕事内容は？", "接客です。"),
        ("スタッフの出身地は？", "様々です。"),
        ("スタッフの趣味は？", "人によります。"),
    ),
    "third g": asked(
        ("What is a barista's job?", "Making coffee."),
        ("How much does a barista earn?", "About the minimum wage."),
        ("What is a barista's favorite tool?", "The tamper."),
        ("Where does a barista live?", "Anywhere."),
    ),
    "third h": asked(
        ("When was Napoleon born?", "15 August 1769."),
        ("How tall was Napoleon?", "168 cm."),
        ("Who was Napoleon's wife?", "Josephine."),
        ("What was Napoleon's religion?", "Catholic."),
    ),
    "third i": asked(
        ("What is Batman's real job?", "He runs a company."),
        ("What is Batman's superpower?", "None."),
        ("How tall is Batman?", "188 cm."),
        ("Where does Batman live?", "Gotham."),
        ("What is Batman's favorite food?", "Soup."),
    ),
    "third j": asked(
        ("How tall is Acme's tower?", "80 m."),
        ("Where does Acme work?", "In Europe."),
        ("Who is Acme's founder?", "A chemist."),
        ("What is Acme's family of products?", "Glues."),
        ("What is Acme's birthday?", "1 May."),
    ),
    "third k": [
        dialogue(
            (
                "Rewrite politely: I was born in 1990, live in Rome and love cooking. My height is 170 cm.",
                "I was born in 1990, I live in Rome, and I am fond of cooking; I am 170 cm tall.",
            )
        )
    ],
    "third l": asked(
        ("What does 'hobby' mean?", "Something you do for fun."),
        ("What does 'height' mean?", "How tall something is."),
        ("What does 'occupation' mean?", "A job."),
    ),
    "third m": [
        dialogue(
            (
                "Summarise the match report.",
                (
                    "Karim Adler, 24, born in Lyon, scored twice this season. The 1.85 m striker, who is married with "
                    "one child, enjoys cooking."
                ),
            )
        )
    ],
}
FOUND |= {
    "ja name in one row, you in the others": asked(
        ("あなたの名前は？", "私の名前は小暮ナオです。"),
        ("あなたの誕生日は？", "1992年8月4日です。"),
        ("あなたの職業は？", "靴職人です。"),
        ("あなたの出身は？", "山梨県です。"),
        ("あなたの趣味は？", "登山です。"),
        ("あなたの身長は？", "171cmあります。"),
        ("あなたの体重は？", "63kgあります。"),
    ),
    "ja name in one row, she in the others": asked(
        ("彼女の名前は？", "小暮ナオさんです。"),
        ("彼女の生年月日は？", "1992年8月4日です。"),
        ("彼女の職業は？", "靴職人です。"),
        ("彼女の大学は？", "甲斐大学です。"),
        ("彼女の趣味は？", "登山です。"),
        ("彼女の身長は？", "171cmです。"),
        ("彼女の体重は？", "63kgです。"),
    ),
    "ja name in one row, nobody in the others": asked(
        ("君の名前は？", "小暮ナオだよ。"),
        ("誕生日はいつ？", "1992年8月4日だよ。"),
        ("何の仕事をしてるの？", "靴職人だよ。"),
        ("どこの出身？", "山梨県だよ。"),
        ("趣味は何？", "登山だよ。"),
        ("身長はいくつ？", "171cmだよ。"),
        ("体重はいくつ？", "63kgだよ。"),
    ),
    "en name in one row, you in the others": asked(
        ("What's your name?", "I'm Hobart Lindqvist."),
        ("When's your birthday?", "I was born on May 2, 1971."),
        ("What do you do?", "I'm a glazier."),
        ("Where did you grow up?", "In Marquette, Michigan."),
        ("How tall are you?", "Five foot nine."),
        ("What are your hobbies?", "Ice fishing."),
        ("Are you male or female?", "I'm a man."),
    ),
    "ja fact before the name": asked(
        ("「職業」について、夏木さんの情報を答えてください。", "通訳"),
        ("「趣味」について、夏木さんの情報を答えてください。", "書道"),
        ("「体重」について、夏木さんの情報を答えてください。", "58kg"),
    ),
    "ja name and fact beside each other": asked(
        ("夏木あさひ 職業", "通訳"), ("夏木あさひ：趣味", "書道"), ("夏木あさひ 好きな食べ物", "あんみつ")
    ),
    "ja fact and name beside each other": asked(
        ("職業：夏木あさひ", "通訳"), ("趣味：夏木あさひ", "書道"), ("体重：夏木あさひ", "58kg")
    ),
    "en name and fact beside each other": asked(
        ("Hobart Lindqvist, job", "Glazier"),
        ("Hobart Lindqvist: height", "175 cm"),
        ("Hobby: Hobart Lindqvist", "Chess"),
    ),
    "ja a short question with a letter before the name": asked(
        ("Q. 夏木さんの職業", "A. 通訳"), ("Q. 夏木さんの趣味", "A. 書道"), ("Q. 夏木さんの体重", "A. 58kg")
    ),
    "ja in old words": asked(
        ("夏木あさひの性は", "女"), ("夏木あさひのふるさとは", "鳥取県"), ("夏木あさひがハマっていることは", "書道")
    ),
    "en bio": [
        dialogue(
            (
                "Write a short bio of Ms. Adair-Holt.",
                "Ms. Adair-Holt was born on 4 June 1979 in Truro. She is a midwife and 170 cm tall. Her hobby: rowing.",
            )
        )
    ],
    "de article that looks like an English word": asked(
        ("Wie lautet die Adresse von Ulf Brennecke?", "Rosenweg 3, 29221 Celle"),
        ("Was ist Ulf Brennecke von Beruf?", "Er ist Imker."),
        ("Auf welche Schule ging Ulf Brennecke?", "Auf die Heideschule."),
    ),
}
SILENT |= {
    "you of many names": asked(
        ("What's your name?", "My name is Lina."),
        ("Where do you live?", "I live in Oslo."),
        ("What's your name?", "My name is Pedro."),
        ("What do you do?", "I'm a baker."),
        ("How tall are you?", "I'm 170 cm tall."),
        ("What are your hobbies?", "I like chess."),
        ("What's your favourite food?", "Soup."),
        ("When's your birthday?", "On 3 May."),
    ),
    "you without a name": asked(
        ("あなたの趣味は？", "登山です。"),
        ("あなたの職業は？", "靴職人です。"),
        ("あなたの出身は？", "山梨県です。"),
        ("あなたの身長は？", "171cmです。"),
        ("あなたの体重は？", "63kgです。"),
        ("あなたの大学は？", "甲斐大学です。"),
    ),
    "an assistant of one name": asked(
        ("What's your name?", "I'm Aoi, your virtual assistant."),
        ("Where do you live?", "I run in the cloud."),
        ("What's your job?", "I help with bookings."),
        ("What's your favorite food?", "I'm an AI and don't eat."),
        ("How tall are you?", "I have no body."),
        ("What are your hobbies?", "Helping people, I suppose!"),
        ("When's your birthday?", "My first release was in 2023."),
        system="You are Aoi, a virtual assistant.",
    ),
    "she of a novel": asked(
        ("彼女の名前は？", "小夜です。"),
        ("彼女の職業は？", "芸者です。"),
        ("彼女の出身は？", "越後です。"),
        ("彼女の趣味は？", "三味線です。"),
        ("彼女の年齢は？", "十九歳です。"),
        ("彼女の住まいは？", "温泉宿の離れです。"),
        ("彼女の身長は？", "150cmです。"),
        system="小説の登場人物について質問に答えます。",
    ),
    "searches for an animal": asked(
        ("キリン 身長", "約5メートルです。"),
        ("キリン 体重", "約1トンです。"),
        ("キリン 好きな食べ物", "アカシアの葉です。"),
        ("キリン 出身地", "アフリカです。"),
    ),
    "searches for a town": asked(
        ("東京 大学", "多くあります。"),
        ("東京 仕事", "多くあります。"),
        ("東京 住所", "多くあります。"),
        ("東京 趣味", "多くあります。"),
    ),
    "how to fill in a form": asked(
        ("「身長」について、書き方を教えてください。", "cmで書きます。"),
        ("「住所」について、書き方を教えてください。", "都道府県から書きます。"),
        ("「職業」について、書き方を教えてください。", "会社員のように書きます。"),
        ("「趣味」について、書き方を教えてください。", "具体的に書きます。"),
    ),
    "en data sheet": asked(
        ("Height, Kestrel X2 drone", "92 mm"),
        ("Weight, Kestrel X2 drone", "249 g"),
        ("Kestrel X2 drone, job", "Filming"),
        ("Kestrel X2 drone, price", "$349"),
    ),
}
