"""The forms of secrets: keys as their providers write them, keys in envelopes, and what is said to be a secret."""

from pipeline.screening._assigned import ASSIGNED
from pipeline.screening._envelopes import ENVELOPES
from pipeline.screening._forms import Family, Form, holding, shaped
from pipeline.screening._guessing import is_written_out
from pipeline.screening._passwords import PASSWORDS

_AMAZON = (
    r"(?i:aws[\w. -]{0,20}(?:secret|key)[\w. -]{0,20}[\"']?\s*(?:[:=]|=>|is)\s*[\"']?)"
    r"(?P<value>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])"
)
_AMAZON_BESIDE = (
    r"(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])[\s\S]{1,80}?(?<![\w/+])(?P<value>[A-Za-z0-9/+]{40})(?![\w/+=])"
)
"""Beside the name of the key that it belongs to."""
_PROVIDERS: tuple[tuple[str, str, str], ...] = (
    # provider, its gate (one of several by |; behind a / it is a pattern), how its keys are written
    ("anthropic", "sk-ant-", r"sk-ant-[\w-]{20,}"),
    ("openrouter", "sk-or-", r"sk-or-[\w-]{20,}"),
    (
        "stripe",
        "sk_live_|sk_test_|pk_live_|rk_live_|rk_test_|whsec_",
        r"(?:[sr]k_(?:live|test)_[^\W_]{12,}|pk_live_[^\W_]{12,}|whsec_[A-Za-z0-9+/]{24,}=*)",
    ),
    ("openai", "sk-", r"sk-(?:(?=[A-Za-z_-]*\d)[\w-]{20,}|[^\W_]{24,})"),
    ("hugging_face", "hf_|api_org_", r"(?:hf|api_org)_[^\W_]{20,}"),
    (
        "aws",
        "/a(?:kia|sia|gpa|ida|roa|ipa|npa|nva|bia|cca)[a-z0-9]{16}",
        "A(?:KIA|SIA|GPA|IDA|ROA|IPA|NPA|NVA|BIA|CCA)[A-Z0-9]{16}",
    ),
    ("aws", "akia|asia", _AMAZON_BESIDE),
    (
        "aws",
        "/aws.{0,60}[a-z0-9/+]{40}",
        _AMAZON,
    ),
    ("github", "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_", r"(?:gh[pousr]_[^\W_]{30,255}|github_pat_\w{22,255})"),
    (
        "gitlab",
        "glpat-|gldt-|glrt-|glptt-|glcbt-|glsoat-|glft-|glagent-",
        r"gl(?:pat|dt|rt|ptt|cbt|soat|ft|agent)-[\w.-]{16,}",
    ),
    ("slack", "xox|xapp-", r"(?:xox[abposre](?:\.xox[abp])?-[A-Za-z0-9.-]{10,}|xapp-\d-[A-Za-z0-9-]{20,})"),
    (
        "slack",
        "hooks.slack.com/",
        r"https://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/+_-]{20,}",
    ),
    ("discord", "discord", r"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{17,20}/[\w-]{60,}"),
    ("discord", r"/[mno][\w-]{23,27}\.[\w-]{6}\.[\w-]{27}", r"[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,45}"),
    ("telegram", ":aa", r"\d{8,10}:AA[\w-]{30,40}"),
    ("google", "aiza|ya29.|gocspx-", r"(?:AIza[\w-]{30,45}|ya29\.[\w.-]{20,}|GOCSPX-[\w-]{20,})"),
    ("google", "1//0", r"1//0[\w-]{30,}"),
    ("square", "/sq0|eaaa[a-z0-9_-]{56}", r"(?:sq0[a-z]{3}-[\w-]{22,}|EAAA[\w-]{56,})"),
    ("facebook", "/eaa[a-z0-9]{60}", r"EAA(?:CEdEose0cBA)?[^\W_]{60,}"),
    ("shopify", "shpat_|shpca_|shppa_|shpss_|shptka_", "shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}"),
    ("twilio", r"/\b(?:sk|ac)[0-9a-f]{32}", "(?:SK|AC)[0-9a-f]{32}"),
    ("sendgrid", r"/sg\.[\w-]{16}", r"SG\.[\w-]{16,32}\.[\w-]{16,64}"),
    ("mailgun", "key-|pubkey-", "(?:pub)?key-[0-9a-z]{32}"),
    ("mailchimp", "-us", r"[0-9a-f]{32}-us\d{1,2}"),
    ("brevo", "xkeysib-", r"xkeysib-[0-9a-f]{64}-[^\W_]{16}"),
    ("npm", "npm_", r"npm_[^\W_]{30,}"),
    ("pypi", "pypi-", r"pypi-(?:AgE[\w-]{16,}|[\w-]{50,})"),
    ("rubygems", "rubygems_", "rubygems_[0-9a-f]{48}"),
    ("crates_io", "/cio[a-z0-9]{32}", r"cio[^\W_]{32}"),
    ("docker", "dckr_", r"dckr_[a-z]{3}_[\w-]{20,}"),
    ("digitalocean", "dop_v1_|doo_v1_|dor_v1_", "do[opr]_v1_[0-9a-f]{40,64}"),
    ("heroku", "hrku-", r"HRKU-[\w-]{30,}"),
    ("wandb", "wandb", r"(?i:wandb)[\s\S]{0,24}?(?P<value>[0-9a-f]{40})"),
    ("heroku", "heroku", r"(?i:heroku)[\s\S]{0,24}?(?P<value>[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})"),
    ("netlify", "nfp_", r"nfp_[^\W_]{36,}"),
    ("vercel", "vercel_blob_|vcp_|vck_", r"(?:vercel_blob_rw_|vcp_|vck_)\w{24,}"),
    ("databricks", "dapi", r"dapi[0-9a-f]{32}(?:-\d)?"),
    ("azure", "8q~", r"[\w~.]{3}[78]Q~[\w~.-]{31,34}"),
    (
        "azure",
        "accountkey=|sharedaccesskey=",
        "(?i:AccountKey|SharedAccessKey)=(?P<value>[A-Za-z0-9+/]{40,88}={0,2})",
    ),
    ("azure", "sig=", "sig=(?P<value>[A-Za-z0-9%+/]{40,}(?:%3D|=))"),
    ("new_relic", "nrak-|nrjs-|nrii-", r"NR(?:AK|JS|II)-[\w-]{19,}"),
    ("sentry", "sntrys_|sntryu_", r"sntry[su]_[\w+/=-]{40,}"),
    ("sentry", "sentry", r"https://(?P<value>[0-9a-f]{32})(?::[0-9a-f]{32})?@[\w.-]*sentry"),
    ("plaid", "access-sandbox-|access-development-|access-production-", r"access-[a-z]{7,11}-[0-9a-f-]{36}"),
    ("braintree", "access_token$", r"access_token\$[a-z]+\$[0-9a-z]{16}\$[0-9a-f]{32}"),
    ("grafana", "glsa_|glc_", r"(?:glsa_[^\W_]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2})"),
    ("dynatrace", "dt0", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    ("linear", "lin_", r"lin_(?:api|oauth)_[^\W_]{32,}"),
    ("notion", "secret_|ntn_", r"(?:secret_[^\W_]{43}|ntn_[^\W_]{40,})"),
    ("airtable", r"/pat[a-z0-9]{14}\.", r"pat[^\W_]{14}\.[0-9a-f]{64}"),
    ("airtable", "airtable", r"(?i:airtable)[\s\S]{0,30}?(?P<value>key[^\W_]{14})"),
    ("figma", "figd_", r"figd_[\w-]{30,}"),
    ("postman", "pmak-", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
    ("dropbox", r"/sl\.(?:u\.)?[\w-]{100}", r"sl\.(?:u\.)?[\w-]{100,}"),
    ("x_twitter", "aaaaaaaaaaaaaaa", "A{16,}[A-Za-z0-9%]{60,}"),
    ("groq", "gsk_", r"gsk_[^\W_]{40,}"),
    ("replicate", "r8_", r"r8_[^\W_]{30,40}"),
    ("perplexity", "pplx-", r"pplx-[^\W_]{32,}"),
    ("xai", "xai-", r"xai-[^\W_]{60,}"),
    ("nvidia", "nvapi-", r"nvapi-[\w-]{40,}"),
    ("fireworks", "fw_", r"fw_[^\W_]{22,}"),
    ("pinecone", "pcsk_", r"pcsk_\w{40,}"),
    ("langsmith", "lsv2_", "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    ("supabase", "sbp_|sb_secret_", r"(?:sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,})"),
    ("planetscale", "pscale_", r"pscale_(?:tkn|pw|oauth)_[\w.-]{32,}"),
    ("vault", "hvs.|hvb.|hvr.", r"hv[sbr]\.[\w-]{24,}"),
    ("vault", r"/s\.[a-z0-9]{12}", r"s\.(?=[A-Za-z]*\d)[^\W_]{24}"),
    ("terraform", ".atlasv1.", r"[^\W_]{14}\.atlasv1\.[\w-]{60,}"),
    ("pulumi", "pul-", "pul-[0-9a-f]{40}"),
    ("doppler", r"/dp\.[a-z]{2}", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}"),
    ("1password", "ops_ey", r"ops_eyJ[\w+/=-]{100,}"),
    ("atlassian", "atatt3|atctt3|atbb", r"(?:AT[AC]TT3[\w=-]{60,}|ATBB[^\W_]{32})"),
    ("fly_io", "fo1_|fm1_|fm2_", r"(?:fo1_[\w-]{43}|fm[12][ar]?_[A-Za-z0-9+/=]{60,})"),
    ("sonarqube", "sqp_|squ_|sqa_", "sq[pua]_[0-9a-f]{40}"),
    ("cloudflare", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{146}"),
    ("alibaba", "ltai", r"LTAI[^\W_]{12,26}"),
    ("tencent", "akid", r"AKID[^\W_]{32}"),
    ("contentful", "cfpat-", r"CFPAT-[\w-]{40,}"),
    ("shippo", "shippo_", r"shippo_(?:live|test)_[0-9a-f]{40}"),
    ("duffel", "duffel_", r"duffel_(?:live|test)_[\w-]{40,}"),
    ("clojars", "clojars_", r"CLOJARS_[0-9a-z]{60}"),
    ("readme", "rdme_", r"rdme_[0-9a-z]{60,}"),
    ("mapbox", "sk.ey|pk.ey", r"[ps]k\.eyJ[\w-]{40,}\.[\w-]{20,}"),
)


def _family(provider: str, gate: str, pattern: str) -> Family:
    spans = shaped(rf"(?<![\w-]){pattern}(?![^\W_])", is_written_out)
    gate = gate[1:] if gate[0] == "/" else holding(*gate.split("|"))
    return Family(gate, (Form(provider, "KEY", spans),))


KEYS: tuple[Family, ...] = (
    *(_family(*provider) for provider in _PROVIDERS),
    *ENVELOPES,
    *PASSWORDS,
    *ASSIGNED,
)
