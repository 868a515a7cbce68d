"""Written forms of personal data, all made up: what is found, and the text it stands in; the value in ⟨brackets⟩.

Nobody's data: domains that do not exist, numbers from the ranges that are kept for stories and handbooks, examples out
of standards, or checksums worked out for digits that were thought up.
"""

from collections.abc import Iterator

# ruff: noqa: RUF001 - Chinese has punctuation of its own

EMAIL = r"""
Write to ⟨mary.jones@northmail.com⟩ before Friday.
mailto:⟨m.okafor+news@ledger-works.co.uk⟩?subject=hello
"Li Wei" <⟨li.wei1987@qingmail.cn⟩>
contact=⟨JOHN_DOE@EXAMPLE.ORG⟩;
Reach me at ⟨o'brien.pat@dublin-press.ie⟩, thanks!
请发邮件到⟨zhang_san@youjian.com.cn⟩。
user: ⟨a@b-c.io⟩
⟨first.middle.last@sub.dept.hill-university.edu⟩
Der Kontakt ist ⟨jürgen.groß@müller-bau.de⟩.
почта: ⟨иван@почта.рф⟩
{"email": "⟨nina99@fastpost.net⟩"}
name,mail\nTom,⟨tom_k@kites.example⟩
Send it to ⟨ana [at] correo [dot] es⟩ please
⟨bob(at)builders.org⟩ is my address
It is ⟨carla at fiume dot com⟩, all small
⟨kim＠mail.kr⟩ に連絡してください
My e-mail:⟨x_9@zeta.xyz⟩.
git config user.email ⟨dev.singh@codehut.dev⟩
<a href="mailto:⟨press@moonlight.museum⟩">
# Author: R. Roe <⟨r.roe@research.lab-alpha.gov⟩>
cc ⟨s.t@q.co⟩ and nobody else
⟨0815@numbers-only.biz⟩ wrote back
¿Su correo? ⟨maría.lópez@correo-ñ.mx⟩
login ⟨root@host.local⟩ from the cellar
Ask ⟨O_Brien-Smith@letters.info⟩.
it is ⟨john dot smith at northmail dot com⟩ now
⟨tom&#64;harbour.com⟩ in a page
⟨mary (dot) roe (at) lake (dot) org⟩ again
"""

PHONE = r"""
Call me at ⟨(415) 555-2671⟩ tonight.
Her number is ⟨415-555-0132⟩.
⟨415.555.0198⟩ works too
phone: ⟨4155550147⟩
⟨+1 415 555 2671⟩
⟨+14155552671⟩ is my WhatsApp
⟨1-800-555-0199⟩ is free of charge
⟨(212) 555 0110 ext. 12⟩
dial ⟨555-0143⟩ and ask for Jo
⟨+44 20 7946 0958⟩
⟨020 7946 0958⟩ (office)
mobile ⟨07700 900123⟩
⟨+44 (0)161 496 0123⟩
⟨07700900456⟩ after six
⟨+49 30 23125 123⟩
Tel.: ⟨030 23125123⟩
⟨0171 3920012⟩ ist mein Handy
⟨+33 1 99 00 12 34⟩
⟨06 39 98 12 34⟩ le soir
téléphone ⟨01.99.00.56.78⟩
⟨+86 138 1234 5678⟩
手机：⟨13812345678⟩
我的电话是⟨139-1234-5678⟩，晚上打
座机 ⟨010-6552 9988⟩
⟨+91 98765 43210⟩
mobile no ⟨9876543210⟩
⟨098765 43210⟩ (Ravi)
⟨+81 3-1234-5678⟩
⟨090-1234-5678⟩ に電話してください
⟨+82 10-1234-5678⟩
⟨010-2345-6789⟩ 로 전화 주세요
⟨+55 11 91234-5678⟩
⟨(11) 91234-5678⟩ é o meu celular
⟨+34 612 34 56 78⟩
teléfono ⟨612 345 678⟩
⟨+39 06 1234 5678⟩
cellulare ⟨347 123 4567⟩
⟨+7 495 123-45-67⟩
⟨8 (495) 123-45-67⟩ добавочный 12
телефон ⟨8 912 345 67 89⟩
⟨+61 2 5550 1234⟩
⟨0491 570 156⟩ is her mobile
⟨+52 55 1234 5678⟩
⟨+31 20 123 4567⟩
⟨+41 44 668 18 00⟩
⟨+46 8 123 456 78⟩
⟨+886 2 1234 5678⟩
⟨+852 2123 4567⟩
⟨+971 50 123 4567⟩
⟨+234 803 123 4567⟩
⟨+27 21 123 4567⟩
⟨+90 212 123 45 67⟩
⟨+62 812-3456-789⟩
⟨+1-202-555-0175⟩, or by fax
⟨0044 20 7946 0123⟩ from abroad
text ⟨202 555 0119⟩ if late
<tel:⟨+1-303-555-0121⟩>
"phone": "⟨+48 22 123 45 67⟩"
fax ⟨(030) 1234567⟩
whatsapp ⟨+57 301 234 5678⟩!
Her number is ⟨5551234567⟩
⟨(555)123-4567⟩ rings twice
call me on ⟨555 123 4567⟩
⟨138 0013 8001⟩ ist in China
⟨0151 23456789⟩
⟨11 98765-4321⟩
⟨(02) 9876 5432⟩
⟨+353 1 234 5678⟩
⟨+64 21 123 4567⟩
⟨+420 601 123 456⟩
⟨+254 712 345678⟩
⟨+966 50 123 4567⟩
"""

CARD = r"""
card ⟨4111 1111 1111 1111⟩, exp 12/29
⟨4111111111111111⟩
⟨5555-5555-5555-4444⟩ is the company's
Mastercard ⟨2223 0031 2200 3222⟩
amex ⟨378282246310005⟩
⟨3714 496353 98431⟩ cvc 1234
⟨6011 1111 1111 1117⟩
discover: ⟨6011000990139424⟩
JCB ⟨3530 1113 3330 0000⟩
⟨30569309025904⟩ (Diners)
卡号⟨6222 0212 3456 7890 128⟩
pay with "⟨4242 4242 4242 4242⟩"
⟨4012888888881881⟩;12;2030
cc=⟨5105105105105100⟩&cvv=123
"""

IBAN = r"""
IBAN ⟨GB29 NWBK 6016 1331 9268 19⟩ AT THE BANK
⟨DE89370400440532013000⟩
⟨FR14 2004 1010 0505 0001 3M02 606⟩
⟨NL91ABNA0417164300⟩ (ABN)
⟨ES91 2100 0418 4502 0005 1332⟩.
⟨CH93 0076 2011 6238 5295 7⟩
⟨IT60X0542811101000000123456⟩
⟨BE68 5390 0754 7034⟩ for the rent
⟨PL61 1090 1014 0000 0712 1981 2874⟩
iban: ⟨SE45 5000 0000 0583 9825 7466⟩
⟨AE07 0331 2345 6789 0123 456⟩
⟨NO93 8601 1117 947⟩
"""

US_SOCIAL_SECURITY = r"""
SSN ⟨078-05-1120⟩
my social is ⟨219-09-9999⟩ ok?
social security number: ⟨457555462⟩
ssn=⟨457 55 5462⟩
"ssn": "⟨123-45-6789⟩"
employee,⟨536-22-8471⟩,Denver
Social Security No. ⟨001-01-0001⟩ was given
"""

NATIONAL_ID = r"""
身份证号 ⟨11010519491231002X⟩
⟨440524188001010014⟩ 是他的身份证
주민등록번호 ⟨900101-1234567⟩
NI number ⟨QQ 12 34 56 C⟩
⟨AB123456C⟩ on the payslip
Aadhaar ⟨2341 2341 2346⟩
PAN: ⟨ABCPE1234F⟩
CPF ⟨123.456.789-09⟩
DNI ⟨12345678Z⟩
NIE ⟨X1234567L⟩
NIR ⟨1 85 05 78 006 084 91⟩
codice fiscale ⟨RSSMRA85T10A562S⟩
passport no. ⟨C01X00T47⟩
Passport number is ⟨123456789⟩
his driver's license: ⟨D1234562⟩
driving licence ⟨MORGA657054SM9IJ⟩
NHS number ⟨943 476 5919⟩
social insurance number ⟨046 454 286⟩
tax id ⟨12 345 678 903⟩
护照号码：⟨E12345678⟩
medicare ⟨2123 45670 1⟩
CURP ⟨HEGG560427MVZRRL04⟩
PESEL ⟨44051401359⟩
DL# ⟨S123-456-78-901-0⟩
Reisepass Nr. ⟨C4VTJ5N2K7⟩
NRIC: ⟨S1234567D⟩
HKID ⟨A123456(3)⟩
身分證字號：⟨A123456789⟩
personnummer ⟨19850730-1238⟩
Medicare ID ⟨1EG4-TE5-MK73⟩
IMEI ⟨356938035643809⟩
"""

IP_ADDRESS = r"""
from ⟨203.0.113.77⟩ port 22
my IP is ⟨9.9.9.9⟩ now
⟨81.2.69.142⟩ - - [10/Oct/2026] "GET /"
ssh me@⟨198.51.100.23⟩
https://⟨93.184.215.14⟩:8443/x
client ⟨2001:db8:85a3::8a2e:370:7334⟩
⟨2001:0db8:0000:0000:0000:ff00:0042:8329⟩
[⟨2606:4700:4700::1111⟩]:443
X-Forwarded-For: ⟨91.198.174.192⟩, 10.0.0.1
"""

MAC_ADDRESS = r"""
wifi ⟨00:1B:44:11:3A:B7⟩
⟨3c-22-fb-9a-01-7e⟩ joined
switch port ⟨3c5a.b4d2.91ef⟩
mac=⟨00:11:22:33:44:55⟩
"""

BIRTH_DATE = r"""
DOB: ⟨04/17/1986⟩
date of birth ⟨17 April 1986⟩
"birthdate": "⟨1986-04-17⟩"
出生日期：⟨1986年4月17日⟩
Date of Birth is ⟨April 17, 1986⟩
"date_of_birth": "⟨1985-03-14⟩"
Max Muster, geb. am ⟨07.11.1972⟩
née le ⟨23/04/1990⟩ à Lyon
生日：⟨1988.2.14⟩
王芳，⟨1990年1月15日⟩出生
Robert Poe, born ⟨12 June 1964⟩, of no fixed abode
DOB: ⟨19900115⟩
"""

STREET_ADDRESS = r"""
She lives at ⟨742 Evergreen Terrace, Springfield, IL 62704⟩.
⟨1600 Amphitheatre Parkway, Mountain View, CA 94043⟩
⟨221B Baker Street, London NW1 6XE⟩ is famous
ship to ⟨350 Fifth Ave, Apt 12, New York, NY 10118-0110⟩
⟨10 Downing Street, London, SW1A 2AA⟩
My address is ⟨742 Evergreen Terrace⟩
home: ⟨55 W 5th St, Apt 4B, New York, NY 10001⟩
mail: ⟨P.O. Box 4512, Austin, TX 78701⟩
⟨15 George Street, Sydney NSW 2000⟩
⟨2500 University Dr NW, Calgary, AB T2N 1N4⟩
Anschrift: ⟨Musterstraße 12, 10115 Berlin⟩
⟨Keizersgracht 123, 1015 CJ Amsterdam⟩
adresse : ⟨12 rue de la Paix, 75002 Paris⟩
vive en ⟨Calle Mayor 15, 28013 Madrid⟩
⟨Via Roma 24, 00184 Roma⟩
家庭住址：⟨北京市朝阳区建国路88号院3号楼1502室⟩
住所：⟨〒150-0002 東京都渋谷区渋谷2-21-1⟩
"""

BANK_ACCOUNT = r"""
account number ⟨12345678⟩, sort code 12-34-56
Bank account no. ⟨000123456789⟩
acct #⟨9876543210⟩
routing ⟨021000021⟩ (Chase)
"""

COORDINATES = r"""
GPS: ⟨48.858370,2.294481⟩
She lives at ⟨37.774929, -122.419416⟩
meet at ⟨40°26'46"N 79°58'56"W⟩
位置：⟨39.9042° N, 116.4074° E⟩
"latitude": ⟨51.507351⟩
https://maps.host/@⟨51.507351,-0.127758⟩,17z
"""

CRYPTO_WALLET = r"""
send it to ⟨1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa⟩
wallet: ⟨3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy⟩
⟨bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq⟩ takes gifts
付款到⟨0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe⟩
"""


def forms() -> Iterator[tuple[str, str, str]]:
    """Each form: what it is called, the text, and the value in it."""
    for name, lines in globals().items():
        if not name.isupper():
            continue
        for line in lines.strip().splitlines():
            before, _, rest = line.replace("\\n", "\n").partition("⟨")
            value, _, after = rest.partition("⟩")
            yield name.lower(), f"{before}{value}{after}", value
