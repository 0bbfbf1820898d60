"""/healthz and /readyz: does the process answer, and can it serve?"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core import readiness


@csrf_exempt
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process runs; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when every check passes, else 503 with a sentence for each that failed."""
    failed = readiness.failures()
    if failed:
        return JsonResponse({"status": "unready", "failed": failed}, status=503, headers={"Retry-After": "5"})
    return JsonResponse({"status": "ok"})
