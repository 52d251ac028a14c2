import httpx
import pytest
import pytest_asyncio
from service import Settings, create_app


@pytest.fixture
def app(telnyx_key, tmp_path):
    return create_app(
        Settings(
            public_key=telnyx_key.public_key, database_url=f"sqlite+aiosqlite:///{tmp_path}/x.db"
        )
    )


@pytest.fixture
def telnyx_receiver(app):
    return app


@pytest_asyncio.fixture
async def client(app):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://test"
    ) as client:
        yield client
