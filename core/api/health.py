"""/healthz and /readyz: does the process answer, and can it serve?"""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from core import readiness
from core.api.problem_responses import problem_response
from core.exceptions import ServiceNotReady


@csrf_exempt
@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process runs; nothing else is looked at."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when every check passes, else 503 as a problem with a sentence for each that failed."""
    failed = readiness.failures()
    if failed:
        return problem_response(ServiceNotReady(failed=failed), request)
    return JsonResponse({"status": "ok"})
