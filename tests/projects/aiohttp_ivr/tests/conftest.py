import pytest


@pytest.fixture(scope="session")
def ivr(telnyx_server_receiver, tmp_path_factory):
    database = tmp_path_factory.mktemp("db") / "ivr.db"
    return telnyx_server_receiver("python ivr.py {port}", env={"IVR_DATABASE": str(database)})


@pytest.fixture(scope="session")
def telnyx_receiver(ivr):
    return ivr


@pytest.fixture(scope="session")
def telnyx_probe(ivr):
    return f"{ivr}/log"
