"""Who may call what: the answer of every route to every kind of caller, all about objects of customer A.

Rows are generated from the URL map, so a route that is missing here fails the test. `none` stands for no credentials
and for all that are refused: an expired or forged token, a disabled user's, a revoked or expired key.
"""

from tests.security.rooms import ROOMS

COLUMNS = ("none", "own", "other", "read", "spend", "grant", "admin", "Support", "Finance", "Admin")

#         method route                                    none own other  read spend grant admin  Support Finance Admin
TABLE = """
          GET    healthz                                   200 200 200    200 200 200 200         200 200 200
          GET    readyz                                    200 200 200    200 200 200 200         200 200 200
          GET    problems                                  200 200 200    200 200 200 200         200 200 200
          GET    api/schema                                200 200 200    200 200 200 200         200 200 200
          GET    api/docs                                  200 200 200    200 200 200 200         200 200 200

          POST   auth/register                             201 201 201    201 201 201 201         201 201 201
          POST   auth/token                                200 200 200    200 200 200 200         200 200 200
          POST   auth/token/refresh                        200 200 200    200 200 200 200         200 200 200
          POST   auth/logout                               204 204 204    204 204 204 204         204 204 204
          GET    me                                        401 200 200    403 403 403 403         200 200 200
          PATCH  me                                        401 200 200    403 403 403 403         200 200 200
          GET    api-keys                                  401 403 403    403 403 403 200         403 403 200
          POST   api-keys                                  401 403 403    403 403 403 201         403 403 201
          DELETE api-keys/<uuid:key_id>                    401 403 403    403 403 403 204         403 403 204

          GET    wallets                                   401 403 403    200 200 200 200         200 200 200
          POST   wallets                                   401 403 403    403 403 201 201         403 201 201
          GET    wallets/<str:reference>                   401 200 404    200 200 200 200         200 200 200
          PATCH  wallets/<str:reference>                   401 403 403    403 403 403 200         403 403 200
          POST   wallets/<str:reference>/refresh           401 200 404    200 200 200 200         200 200 200
          POST   wallets/<str:reference>/freeze            401 403 403    403 403 403 201         403 403 201
          POST   wallets/<str:reference>/unfreeze          401 403 403    403 403 403 201         403 403 201
          POST   wallets/<str:reference>/adjust            401 403 403    403 403 403 201         403 403 201
          POST   wallets/<str:reference>/reset             401 403 403    403 403 403 201         403 403 201
          POST   wallets/<str:reference>/forgive-debt      401 403 403    403 403 403 201         403 403 201
          GET    wallets/<str:reference>/grants            401 200 404    200 200 200 200         200 200 200
          POST   wallets/<str:reference>/grants            401 403 403    403 403 201 201         403 201 201
          POST   wallets/<str:reference>/consume           401 201 404    403 201 201 201         403 403 201
          GET    wallets/<str:reference>/holds             401 200 404    200 200 200 200         200 200 200
          POST   wallets/<str:reference>/holds             401 201 404    403 201 201 201         403 403 201
          GET    wallets/<str:reference>/entries           401 200 404    200 200 200 200         200 200 200
          GET    wallets/<str:reference>/explain           401 200 404    200 200 200 200         200 200 200
          GET    wallets/<str:reference>/expiring          401 200 404    200 200 200 200         200 200 200
          GET    wallets/<str:reference>/stats             401 200 404    200 200 200 200         200 200 200
          GET    wallets/<str:reference>/forecast          401 200 404    200 200 200 200         200 200 200
          POST   consumptions                              401 403 403    403 200 200 200         403 403 200
          POST   grants/<uuid:grant_id>/void               401 403 403    403 403 201 201         403 201 201
          GET    holds/<uuid:hold_id>                      401 200 404    200 200 200 200         200 200 200
          POST   holds/<uuid:hold_id>/capture              401 201 404    403 201 201 201         403 403 201
          POST   holds/<uuid:hold_id>/release              401 201 404    403 201 201 201         403 403 201
          POST   holds/<uuid:hold_id>/extend               401 201 404    403 201 201 201         403 403 201
          GET    entries/<uuid:entry_id>                   401 200 404    200 200 200 200         200 200 200
          GET    entries/<uuid:entry_id>/explain           401 200 404    200 200 200 200         200 200 200
          POST   entries/<uuid:entry_id>/reverse           401 403 403    403 403 201 201         403 201 201
          POST   transfers                                 401 403 403    403 403 403 201         403 403 201

          GET    reports/trial-balance                     401 403 403    200 200 200 200         200 200 200
          GET    ledger/checkpoint                         401 403 403    200 200 200 200         200 200 200
          GET    schemas/<str:subject>                     401 403 403    403 403 403 200         403 403 200
          PUT    schemas/<str:subject>                     401 403 403    403 403 403 200         403 403 200
          POST   test-clock                                401 403 403    403 403 403 200         403 403 200
"""

Expected = dict[str, int]


def expected() -> dict[tuple[str, str], Expected]:
    """Return the status by column of each method and route."""
    rows = {}
    tables = "".join([TABLE, *(room.TABLE for room in ROOMS)])
    for line in filter(None, map(str.split, tables.splitlines())):
        method, route, *statuses = line
        rows[method, route] = dict(zip(COLUMNS, map(int, statuses), strict=True))
    return rows
