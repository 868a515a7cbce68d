"""Written forms of secrets, none of which ever opened anything: drawn by a seeded generator, put together only here.

No line of this file looks like a key, so that scanners of repositories pass it by.
"""

import base64
import json
import random
import string
from collections.abc import Iterator

# ruff: noqa: RUF001 - Chinese has punctuation of its own

LETTERS = string.ascii_letters
MIXED = string.ascii_letters + string.digits
UPPER = string.ascii_uppercase + string.digits
HEX = "0123456789abcdef"
URL = MIXED + "_-"
B64 = MIXED + "+/"

KEYS: tuple[tuple[str, str], ...] = (
    # provider; parts with a bar between them: signs to draw as {alphabet:count}, the rest as it stands
    ("openai", "sk|-{MIXED:48}"),
    ("openai", "sk|-proj-{URL:120}"),
    ("openai", "sk|-svcacct-{URL:80}"),
    ("openai", "sk|-{HEX:32}"),
    ("anthropic", "sk|-ant-api03-{URL:93}AA"),
    ("plaid", "access|-sandbox-{HEX:8}-{HEX:4}-{HEX:4}-{HEX:4}-{HEX:12}"),
    ("braintree", "access_token|$production${HEX:16}${HEX:32}"),
    ("alibaba", "LTAI|5t{MIXED:18}"),
    ("tencent", "AKID|{MIXED:32}"),
    ("contentful", "CFPAT|-{URL:43}"),
    ("shippo", "shippo|_live_{HEX:40}"),
    ("duffel", "duffel|_live_{URL:43}"),
    ("clojars", "CLOJARS|_{HEX:60}"),
    ("readme", "rdme|_{HEX:70}"),
    ("openrouter", "sk|-or-v1-{HEX:64}"),
    ("hugging_face", "hf|_{LETTERS:34}"),
    ("hugging_face", "api|_org_{LETTERS:34}"),
    ("aws", "AKIA|{UPPER:16}"),
    ("aws", "ASIA|{UPPER:16}"),
    ("heroku", "HRKU|-{URL:60}"),
    ("github", "ghp|_{MIXED:36}"),
    ("github", "gho|_{MIXED:36}"),
    ("github", "ghs|_{MIXED:36}"),
    ("github", "github|_pat_{MIXED:22}_{MIXED:59}"),
    ("gitlab", "glpat|-{URL:20}"),
    ("slack", "xoxb|-2{HEX:11}-{MIXED:24}"),
    ("slack", "xoxp|-1234567890-0987654321-{HEX:32}"),
    ("slack", "https://hooks.|slack.com/services/T{UPPER:8}/B{UPPER:8}/{MIXED:24}"),
    ("discord", "https://|discord.com/api/webhooks/123456789012345678/{URL:68}"),
    ("discord", "M|{MIXED:23}.{MIXED:6}.{URL:38}"),
    ("telegram", "123456789:|AA{URL:33}"),
    ("google", "AIza|{URL:35}"),
    ("google", "ya29|.{URL:68}"),
    ("google", "GOCSPX|-{URL:28}"),
    ("stripe", "sk|_live_{MIXED:24}"),
    ("stripe", "rk|_live_{MIXED:24}"),
    ("stripe", "sk|_test_{MIXED:99}"),
    ("square", "sq0atp|-{URL:22}"),
    ("facebook", "EAA|{MIXED:120}"),
    ("shopify", "shpat|_{HEX:32}"),
    ("twilio", "SK|{HEX:32}"),
    ("sendgrid", "SG|.{URL:22}.{URL:43}"),
    ("mailgun", "key|-{HEX:32}"),
    ("mailchimp", "{HEX:32}|-us14"),
    ("brevo", "xkeysib|-{HEX:64}-{MIXED:16}"),
    ("npm", "npm|_{MIXED:36}"),
    ("pypi", "pypi|-AgEIcHlwaS5vcmc{URL:70}"),
    ("rubygems", "rubygems|_{HEX:48}"),
    ("docker", "dckr|_pat_{URL:27}"),
    ("digitalocean", "dop|_v1_{HEX:64}"),
    ("netlify", "nfp|_{MIXED:36}"),
    ("databricks", "dapi|{HEX:32}"),
    ("azure", "{MIXED:3}|8Q~{MIXED:34}"),
    ("azure", "AccountName=box;Account|Key={B64:86}=="),
    ("new_relic", "NRAK|-{UPPER:27}"),
    ("sentry", "sntrys|_{MIXED:80}"),
    ("grafana", "glsa|_{MIXED:32}_{HEX:8}"),
    ("linear", "lin|_api_{MIXED:40}"),
    ("notion", "ntn|_{MIXED:46}"),
    ("airtable", "pat|{MIXED:14}.{HEX:64}"),
    ("figma", "figd|_{URL:40}"),
    ("postman", "PMAK|-{HEX:24}-{HEX:34}"),
    ("groq", "gsk|_{MIXED:52}"),
    ("replicate", "r8|_{MIXED:37}"),
    ("perplexity", "pplx|-{HEX:48}"),
    ("xai", "xai|-{MIXED:80}"),
    ("nvidia", "nvapi|-{URL:64}"),
    ("fireworks", "fw|_{MIXED:24}"),
    ("pinecone", "pcsk|_{MIXED:6}_{MIXED:60}"),
    ("langsmith", "lsv2|_pt_{HEX:32}_{HEX:10}"),
    ("supabase", "sbp|_{HEX:40}"),
    ("vault", "hvs|.{URL:90}"),
    ("terraform", "{MIXED:14}|.atlasv1.{URL:67}"),
    ("doppler", "dp|.pt.{MIXED:43}"),
    ("atlassian", "ATATT3|xFfGF0{URL:180}"),
    ("sonarqube", "squ|_{HEX:40}"),
    ("age_key", "AGE-SECRET|-KEY-1{UPPER:58}"),
)

AROUND = (
    "{}",
    'API_KEY = "{}"',
    "export TOKEN={}\n",
    "Authorization: Bearer {}",
    "My key is {}, please use it.",
    "curl -H 'x-api-key: {}' https://host/v1",
    "我的密钥是{}，请保密。",
)

SAID: tuple[tuple[str, str], ...] = (
    ("password_in_address", "postgres://|anna:⟨{MIXED:12}⟩@db.internal:5432/shop"),
    ("password_in_address", "mongodb+srv://|app:⟨{MIXED:16}⟩@cluster0.mongo.net"),
    ("password_in_address", "redis://|:⟨{MIXED:20}⟩@cache:6379/0"),
    ("password_in_address", "https://|bob:⟨{MIXED:9}!⟩@files.host/x"),
    ("password_in_address", "jdbc:oracle:thin:|scott/⟨{MIXED:9}⟩@//dbhost:1521/ORCL"),
    ("password", 'export PGPASS|WORD="⟨hGt7_9kLw⟩"'),
    ("password", "smtp:\n  pa|ss: '⟨Zx81!spectrum⟩'"),
    ("password", "$db_pa|ss = '⟨Kettle4two⟩';"),
    ("password", 'const dbPass|word = "⟨t0ps-c4r3t!⟩"'),
    ("password", "<pass|word>⟨Rab8it_Hole⟩</pass|word>"),
    ("password", "machine host login octo pass|word ⟨{MIXED:14}⟩"),
    ("password", "Log in as admin with pass|word ⟨R0b0t#77⟩ today"),
    ("password", "ALTER USER bob WITH PASS|WORD '⟨S3cr3ts⟩';"),
    ("password", "the admin pass|word for the staging server is ⟨z9Zz!90k⟩"),
    ("password", "Pass|wort: ⟨Gehe1m!77⟩"),
    ("password", "mysql -u| root -p⟨b4n4n4s!⟩ shop"),
    (
        "seed_phrase",
        "my seed phr|ase: ⟨tide ankle brush lemon orbit salad voice wheel cargo dune ember frost⟩",
    ),
    ("wandb", "wandb| login ⟨{HEX:40}⟩"),
    ("airtable", "AIRTABLE|_KEY=⟨key{MIXED:14}⟩"),
    ("sentry", "https://|⟨{HEX:32}⟩@o533428.ingest.sentry.io/3284696"),
    ("password", 'pass|word = "⟨Tr0ub4dor&3⟩"'),
    ("password", "DB_PASS|WORD=⟨{MIXED:14}⟩"),
    ("password", "The pass|word is ⟨blue-Horse7⟩ for all of us."),
    ("password", '"pass|wd": "⟨h4ck-me-n0t⟩"'),
    ("password", "密码|：⟨Lan2026!⟩"),
    ("password", "curl -u |anna:⟨pa55-w0rd-x⟩ https://host"),
    ("aws", "aws_secret|_access_key = ⟨{B64:40}⟩"),
    ("assigned_key", 'client|_secret: "⟨{MIXED:32}⟩"'),
    ("assigned_key", "SECRET|_KEY = '⟨{HEX:50}⟩'"),
    ("assigned_key", 'api|Key: "⟨{HEX:32}⟩",'),
    ("assigned_key", "DATADOG_API|_KEY=⟨{HEX:32}⟩"),
    ("wandb", "wandb api| key is ⟨{HEX:40}⟩"),
    ("assigned_key", "AZURE_DEVOPS|_PAT: ⟨{LETTERS:25}7{LETTERS:26}⟩"),
    ("assigned_key", "FERNET|_KEY=⟨{URL:43}=⟩"),
    ("assigned_key", 'co = cohere.Client|("⟨{MIXED:40}⟩")'),
    ("assigned_key", "https://weather.host/2.5?q=Rome&app|id=⟨{HEX:32}⟩"),
    ("assigned_key", '"au|th": "⟨{MIXED:36}⟩", "email": ""'),
    ("assigned_key", "密|钥：⟨{HEX:32}⟩"),
    ("authorization", "Authorization: |SSWS ⟨00{URL:40}⟩"),
    ("authorization", "Authorization: |Bearer ⟨{MIXED:40}⟩"),
    ("authorization", "Authorization: |Basic ⟨YW5uYTpwYTU1dzByZDEy⟩"),
)


def drawn(parts: str) -> str:
    """The parts put together, with signs drawn for what stands in braces."""
    chance = random.Random(parts)
    whole = parts.replace("|", "")
    while "{" in whole:
        before, _, rest = whole.partition("{")
        inside, _, after = rest.partition("}")
        alphabet, _, count = inside.partition(":")
        whole = before + "".join(chance.choices(globals()[alphabet], k=int(count))) + after
    return whole


def pem(kind: str) -> str:
    """A private key that is none: random bytes in its envelope."""
    body = base64.encodebytes(random.Random(kind).randbytes(300)).decode()
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}{dashes}\n{body}{dashes}END {kind}{dashes}"


def json_web_token() -> str:
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "1234567890", "name": "Nobody"})
    coded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*coded, drawn("{URL:43}")])


def forms() -> Iterator[tuple[str, str, str]]:
    """Each form: what it is called, the text, and the value in it."""
    for place, (name, parts) in enumerate(KEYS):
        value = drawn(parts)
        yield name, AROUND[place % len(AROUND)].format(value), value.partition("AccountKey=")[2] or value
    for name, parts in SAID:
        before, _, rest = drawn(parts).partition("⟨")
        value, _, after = rest.partition("⟩")
        yield name, f"{before}{value}{after}", value
    for kind in (
        "RSA PRIVATE KEY",
        "OPENSSH PRIVATE KEY",
        "EC PRIVATE KEY",
        "PRIVATE KEY",
        "PGP PRIVATE KEY BLOCK",
    ):
        yield "private_key", f"Here it is:\n{pem(kind)}\nThanks", pem(kind)
    yield "json_web_token", f"token {json_web_token()}", json_web_token()
