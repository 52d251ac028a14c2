"""Contacts JSON API for the front end (FastAPI). Bearer token, in-memory store."""
import hmac
import os
import threading
import uuid
from typing import Annotated, Optional

from fastapi import Depends, FastAPI, Header, HTTPException, Query, Response
from pydantic import BaseModel, Field

PATH = "/api/contacts"
TOKEN = os.environ.get("CONTACTS_API_TOKEN", "")
LIMIT = 10_000

app = FastAPI(title="Contacts", version="1.3.0")


class ContactIn(BaseModel):
    name: str = Field(min_length=1, max_length=200)
    phone: str = Field(pattern=r"^\+[1-9][0-9]{6,14}$")
    note: Optional[str] = Field(default=None, max_length=2000)


class Contact(ContactIn):
    id: str


store: "dict[str, Contact]" = {}
lock = threading.Lock()


def authorised(authorization: Annotated[Optional[str], Header()] = None):
    scheme, _, token = (authorization or "").partition(" ")
    if not TOKEN or scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), TOKEN.encode()):
        raise HTTPException(401, "not authorised", headers={"WWW-Authenticate": "Bearer"})


@app.post(PATH, status_code=201, dependencies=[Depends(authorised)])
def create(body: ContactIn) -> Contact:
    with lock:
        if len(store) >= LIMIT:
            raise HTTPException(507, "address book full")
        contact = Contact(id=str(uuid.uuid4()), **body.model_dump())
        store[contact.id] = contact
    return contact


@app.get(PATH, dependencies=[Depends(authorised)])
def listing(
    q: Annotated[Optional[str], Query(max_length=100)] = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=100)] = 25,
):
    with lock:
        rows = list(store.values())
    if q:
        rows = [c for c in rows if q.lower() in c.name.lower() or q in c.phone]
    rows.sort(key=lambda c: c.name.lower())
    return {"total": len(rows), "contacts": rows[(page - 1) * size : page * size]}


@app.get(PATH + "/{contact_id}", dependencies=[Depends(authorised)])
def one(contact_id: str) -> Contact:
    with lock:
        contact = store.get(contact_id)
    if contact is None:
        raise HTTPException(404, "no such contact")
    return contact


@app.delete(PATH + "/{contact_id}", dependencies=[Depends(authorised)])
def remove(contact_id: str):
    with lock:
        if store.pop(contact_id, None) is None:
            raise HTTPException(404, "no such contact")
    return Response(status_code=204)
