"""How the endpoint answered all through the trial: in what form, and how soon. Put last."""

from exchange.conformance.trial import Failed, Trial, Unclear, case
from exchange.conformance.wire import PATIENCE

_MEMBERS = ("type", "title", "status", "code", "detail")


@case("Problem documents", "every request of this trial that was refused",
      "application/problem+json with type, title, status, code and detail",
      "The sender's program goes by the code, its people by the detail.")
def problem_documents(trial: Trial) -> None:
    if not trial.refusals:
        raise Unclear("nothing was refused")
    trial.came.append(f"{len(trial.refusals)} refusals")
    for reply in trial.refusals:
        missing = [name for name in _MEMBERS if name not in reply.document]
        if reply.media_type != "application/problem+json":
            raise Failed(f"{reply} came as {reply.media_type or 'nothing'}")
        if missing:
            raise Failed(f"{reply} came without {', '.join(missing)}")
        if reply.document["status"] != reply.status:
            raise Failed(f"{reply} says status {reply.document['status']}")


@case("The answer", "every request of this trial", f"an answer within {PATIENCE:.0f} s",
      "A sender waits that long, then takes the outcome for unknown.")
def answer_times(trial: Trial) -> None:
    if not trial.seconds:
        raise Unclear("nothing was answered")
    ordered = sorted(trial.seconds)
    median, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    trial.came.append(f"{len(ordered)} answers: median {median * 1000:.0f} ms, "
                      f"p95 {late * 1000:.0f} ms, longest {ordered[-1] * 1000:.0f} ms")
    if ordered[-1] > PATIENCE:
        raise Failed("an answer came too late")
