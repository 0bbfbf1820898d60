"""A FastAPI application whose calls are paid with credits of a Scrip server.

SCRIP_URL=http://127.0.0.1:8000 SCRIP_KEY=$(cat var/demo-api-key) uvicorn --app-dir examples fastapi_app:app --port 8080
curl -d '{"text": "hello"}' -H 'X-User: acme' -H 'Content-Type: application/json' 127.0.0.1:8080/v1/shout -i
"""

import os
from decimal import Decimal

from fastapi import Body, FastAPI
from scrip_client import AsyncClient, MeteringConfig, Request, record_usage
from scrip_client.asgi import CreditMeteringMiddleware

app = FastAPI()


def wallet(request: Request) -> str | None:
    """Say who pays; a real application looks at a session or a token."""
    return request.headers.get("x-user")


config = MeteringConfig(paths=("/v1/",), wallet=wallet, estimate=5)
client = AsyncClient(os.environ["SCRIP_URL"], os.environ["SCRIP_KEY"])
app.add_middleware(CreditMeteringMiddleware, client=client, config=config)


@app.post("/v1/shout")
async def shout(text: str = Body(embed=True)) -> dict[str, str]:
    record_usage(cost=Decimal(len(text)) / 10)
    return {"text": text.upper()}
