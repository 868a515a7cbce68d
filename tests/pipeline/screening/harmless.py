"""Texts that hold nothing private, though something in them looks so: sums, dates, programs, placeholders."""

_LINES = r"""
She had 60000 - 10800 = 49200 dollars left, and 36000-22800=13200 after that.
He paid $<<60000-10800=49200>>49200 for 1,000,000 bricks and 12,345,678 nails.
2^34 = 17179869184 and 9876543210 - 123456789 = 9753086421.
The population grew from 4111 in 1990 to 1111 in 2020; 1111 1111 1111 more were counted.
The first digits of pi are 3.14159265358979323846 and of 1/3 are 0.3333333333333333.
Between 01.02.2024 and 03.04.2025 there are 427 days; 2024-01-15 10:30:00 is a Monday.
At 2019-05-18T15:17:08.132263000 the job ended (1996, pp. 329-359).
0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987, 1597, 2584
"0101010101" has ten digits, "0123456789" too, and so has "1234567890".
ISBN 978-0-13-468599-1, DOI 10.1145/3368089.3409741, arXiv 2107.03374
Version 10.0.22631.2861 follows v1.2.3.4 and section 4.10.12.13; OID 2.5.29.15 says how.
UUID 550e8400-e29b-41d4-a716-446655440000, commit 9fceb02d0ae598e95dc970b74767f19372d61af8
sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
for host in ("127.0.0.1", "0.0.0.0", "192.168.1.10", "10.0.0.5", "172.16.4.2", "::1", "fe80::1"): ping(host)
std::vector<int> a; crate::module::item; Foo::Bar::Baz; 12:34:56
C = A @ B.T; D = X @ W.transpose(); E = a@b.T; loss = (q @ k.mT).sum()
@app.route("/users/<int:id>")\n@pytest.mark.parametrize("x", [1, 2])
git clone git@github.com:team/project.git && cd project
npm install react@18.2.0 @types/node@20.1.0 left-pad@latest
pip install "headrace[langid]==0.1.0" && curl https://host:8443/status
Use YOUR_API_KEY here: api_key = "YOUR_API_KEY_GOES_HERE_12345"
export OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
token = os.environ["HF_TOKEN"]; secret = config.secrets.api_token_2; password = getpass.getpass()
<div class="sk-folding-cube sk-circle-fade-dot-animation-wrapper"></div>
from huggingface_hub import hf_hub_download, HfApi; hf_model = load(hf_config)
password: str, token: Token | None, api_key: ApiKey2Protocol = DEFAULT_API_KEY_2
postgres://user:password@localhost/db and https://user:${PASSWORD}@host/x
if len(password) < 8 or password == "password": raise ValueError("password: at least 8 characters")
key = "abcdefghijklmnopqrstuvwxyz"; secret_word = "HANGMAN"; tokens = ["a", "b"]
primary_key = "customer_identifier_column"; sort_key = lambda kv: kv[1]
A key starts with ~BEGIN PRIVATE KEY~ and ends with ~END PRIVATE KEY~.
The licence number of items sold was 12; the passport office has 3 desks and 1200 visitors.
Ann was born on 4 May 1990 and moved to 12 Main Street when she was 7.
Bob called 12 times, texted 300 friends and sold 1500 phones at 250 each.
Her phone has 128 GB and costs 799.99; the cell holds 6000 mAh at 3.85 V.
Account 1: 500 dollars. Account 2: 1500 dollars. The account number doubled to 40.
Fifty-five 555 boxes of 4444 nails weigh 55 555 kg; 5555 of 5554 do not.
AB12 34CD is a plate, AA-1234-BB another; RSS M85 is a planet.
X = 0x1F98431c8aD98523631AE4a59f267346ea31F984; y = 0b1010101010101010
SELECT * FROM t WHERE pwd = ? AND token = :token AND secret IS NOT NULL
In MAC terms 3:4:5 triangles and 10:20:30:40 ratios are alike; a-b-c-d-e-f is a word.
Pass: 1200/1500 tests; pass_rate = 0.9543; pw = 0.001234; the boarding pass = ticket + seat.
FOREIGN_KEY: "customer_address_identifier_2", BUILD_KEY=release-2024-03-04-linux-x86, PWD=/srv/shop/project1
The recovery of the seed bank took years and many people were glad about it in the end, as was the king.
The points (37.774929, -122.419416) and (1.234560, 2.345671) lie at 40°N and 60° N, 20° E; lat, lon = parse(row).
Place the order by 2024 March; Rue de la Paix has 25 shops; in this city 3 streets have 12345 lamps each.
小明沿着人民路走了500米,这个城市有3条街12个路灯,他的生日是5月。
Isaac Newton, born 4 January 1643, and Ring 12 of 2024 Olympics; Mozilla/5.0 Chrome/120.0.0.0 Safari/537.36
addr = 0x742d35Cc6634C0532925a3b844Bc454e4438f44e; ratio 10:20:30:40:50:60; 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3
GB29 and DE89 are parts of codes, FR14 2004 another, but no account.
"""
HARMLESS = tuple(line.replace("\\n", "\n").replace("~", "-" * 5) for line in _LINES.strip().splitlines())
