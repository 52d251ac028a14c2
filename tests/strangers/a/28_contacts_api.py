"""Contacts: the JSON API behind our web application. Talks to browsers, not to Telnyx."""
import hmac
import os
import sqlite3
import tempfile
import threading
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

PATH = "/api/contacts"

app = FastAPI(title="Contacts", version="1.4.0")

_lock = threading.Lock()
_db = sqlite3.connect(os.path.join(tempfile.mkdtemp(prefix="contacts-"), "contacts.db"), check_same_thread=False)
_db.row_factory = sqlite3.Row
_db.executescript(
    """
    CREATE TABLE contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        phone TEXT NOT NULL UNIQUE,
        notes TEXT NOT NULL DEFAULT '');
    """
)


class ContactIn(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    phone: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")
    notes: str = Field(default="", max_length=4000)


class Contact(ContactIn):
    id: int


def authorised(authorization: Annotated[str, Header()] = "") -> None:
    token = os.environ.get("CONTACTS_API_TOKEN", "")
    given = authorization.removeprefix("Bearer ").encode("utf-8", "replace")
    if not token or not hmac.compare_digest(token.encode(), given):
        raise HTTPException(401, "missing or wrong token", headers={"WWW-Authenticate": "Bearer"})


@app.exception_handler(RequestValidationError)
async def invalid(request, exc) -> JSONResponse:
    # without the input: it may hold what JSON cannot
    return JSONResponse({"detail": [{"loc": list(e["loc"]), "msg": e["msg"]} for e in exc.errors()]}, 422)


@app.post(PATH, status_code=201, dependencies=[Depends(authorised)])
def create(contact: ContactIn) -> Contact:
    try:
        with _lock, _db:
            row = _db.execute(
                "INSERT INTO contacts (name, phone, notes) VALUES (?, ?, ?)",
                (contact.name, contact.phone, contact.notes),
            )
    except sqlite3.IntegrityError:
        raise HTTPException(409, "a contact with this phone number exists") from None
    return Contact(id=row.lastrowid, **contact.model_dump())


@app.get(PATH, dependencies=[Depends(authorised)])
def search(q: Annotated[str, Query(max_length=100)] = "", limit: Annotated[int, Query(ge=1, le=200)] = 50) -> list[Contact]:
    like = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    with _lock:
        rows = _db.execute(
            "SELECT id, name, phone, notes FROM contacts WHERE name LIKE ? ESCAPE '\\' OR phone LIKE ? ESCAPE '\\' "
            "ORDER BY name LIMIT ?",
            (like, like, limit),
        ).fetchall()
    return [Contact(**dict(row)) for row in rows]


@app.delete(PATH + "/{contact_id}", status_code=204, dependencies=[Depends(authorised)])
def delete(contact_id: int) -> None:
    if contact_id >= 2**63:
        raise HTTPException(404, "no such contact")
    with _lock, _db:
        if _db.execute("DELETE FROM contacts WHERE id = ?", (contact_id,)).rowcount == 0:
            raise HTTPException(404, "no such contact")
