"""Who calls: one administrator of the company after the other, by a token that is fetched anew, for much of what is tried
ends sessions and locks people out; and customers by the secret of their conversation. All are in the environment."""

import itertools
import json
import os
import re
import urllib.error
import urllib.request

import requests
import schemathesis

URL = os.environ["FUZZ_URL"]
PEOPLE = json.loads(os.environ["FUZZ_PEOPLE"])
SECRETS = json.loads(os.environ["FUZZ_SECRETS"])
CUSTOMERS = r"^/(api/public/conversations|\{company\}/conversations)/"
TOKEN_LASTS_SECONDS = 1

turns = itertools.cycle(PEOPLE)


def token(person):
    """None where somebody is locked out for a while."""
    body = json.dumps(person).encode()
    request = urllib.request.Request(URL + "/api/tokens", body, {"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["token"]
    except urllib.error.HTTPError:
        return None


@schemathesis.auth(refresh_interval=TOKEN_LASTS_SECONDS).apply_to(path_regex=r"^/api/").skip_for(path_regex=CUSTOMERS)
class Administrator:
    def get(self, case, context):
        return next(found for found in (token(next(turns)) for _ in PEOPLE) if found)

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.auth(refresh_interval=None).apply_to(path_regex=CUSTOMERS)
class Customer:
    def get(self, case, context):
        return SECRETS

    def set(self, case, data, context):
        secret = data.get(str((case.path_parameters or {}).get("id")))
        if secret:
            case.headers["Authorization"] = f"Bearer {secret}"


@schemathesis.check
def strangers_find_nothing(ctx, response, case):
    """What a customer reaches by his secret, nobody reaches without one, or with a made-up one: to him it is not there."""
    known = response.request.headers.get("Authorization")
    if not re.match(CUSTOMERS, case.path) or known is None or response.status_code >= 400:
        return
    request = response.request.copy()
    for authorization in (None, "Bearer " + "A" * 44):
        request.headers.pop("Authorization", None)
        if authorization:
            request.headers["Authorization"] = authorization
        with requests.Session() as session:
            answer = session.send(request, allow_redirects=False)
        assert answer.status_code in (404, 429), f"{request.method} {request.url}: {answer.status_code} to a stranger"
