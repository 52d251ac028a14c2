from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI, HTTPException, Request
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import String, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from telnyx import AsyncTelnyx


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="APP_")
    database_url: str = "sqlite+aiosqlite:///calls.db"
    public_key: str = ""
    api_key: str = "KEY"


class Base(DeclarativeBase):
    pass


class Call(Base):
    __tablename__ = "calls"
    id: Mapped[str] = mapped_column(String, primary_key=True)
    caller: Mapped[str]
    state: Mapped[str]


def create_app(settings: Settings | None = None) -> FastAPI:
    settings = settings or Settings()

    @asynccontextmanager
    async def lifespan(app):
        engine = create_async_engine(settings.database_url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        app.state.sessions = async_sessionmaker(engine, expire_on_commit=False)
        app.state.telnyx = AsyncTelnyx(api_key=settings.api_key, public_key=settings.public_key)
        app.state.telnyx.webhooks
        yield
        await engine.dispose()

    app = FastAPI(lifespan=lifespan)

    async def session(request: Request):
        async with request.app.state.sessions() as session:
            yield session

    async def event(request: Request):
        body = (await request.body()).decode(errors="replace")
        try:
            return request.app.state.telnyx.webhooks.unwrap(body, headers=dict(request.headers))
        except Exception:
            raise HTTPException(401)

    @app.post("/telnyx/voice")
    async def voice(
        request: Request, event=Depends(event), session: AsyncSession = Depends(session)
    ):
        data = event.data
        if data.event_type == "call.initiated" and data.payload.direction == "incoming":
            session.add(
                Call(
                    id=data.payload.call_control_id,
                    caller=data.payload.from_ or "",
                    state="ringing",
                )
            )
            try:
                await session.commit()
            except IntegrityError:
                return {"status": "seen"}
            await request.app.state.telnyx.calls.actions.answer(data.payload.call_control_id)
        elif data.event_type == "call.hangup":
            call = await session.get(Call, data.payload.call_control_id)
            if call:
                call.state = "ended"
                await session.commit()
        return {"status": "ok"}

    @app.get("/calls")
    async def calls(session: AsyncSession = Depends(session)):
        return [{"caller": c.caller, "state": c.state} for c in await session.scalars(select(Call))]

    return app
