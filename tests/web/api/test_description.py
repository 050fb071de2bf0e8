"""The API against its own description: whatever fits it is answered as it says, and never with a fault."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from support.effort import examples
from support.page_client import make_database, page_client

from monitor.config import WebSettings, WebToken
from monitor.web.accounts import SCOPES
from monitor.web.api.routes import OPERATIONS

TOKEN = "0123456789abcdef0123456789abcdef"
SETTINGS = WebSettings(tokens={"all": WebToken(TOKEN, SCOPES)})
HEADERS = {"Authorization": f"Bearer {TOKEN}", "Host": "localhost"}


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    database = tmp_path_factory.mktemp("api") / "monitor.db"
    make_database(database)
    import schemathesis  # takes a second, and no other test needs it

    with page_client(database, SETTINGS) as client:
        schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", client.client.app, headers=HEADERS)
        yield {(found.ok().method.upper(), found.ok().path): found.ok() for found in schema.get_all_operations()}


@pytest.mark.parametrize("number", range(len(OPERATIONS)), ids=[f"{o.method} {o.path}" for o in OPERATIONS])
def test_no_request_causes_a_fault(operations, number):
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi.checks import response_schema_conformance

    wanted = OPERATIONS[number]
    operation = operations[wanted.method, "/api/v1" + wanted.path.replace(":id}", "}")]

    @given(case=operation.as_strategy())
    @settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck))
    def try_one(case):
        response = case.call(headers=HEADERS)
        case.validate_response(response, checks=[not_a_server_error, response_schema_conformance])
        assert response.status_code in {wanted.status, 400, 404, 409, 414}

    try_one()
