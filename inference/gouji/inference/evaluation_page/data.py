"""The numbers of the page as plain data."""

from collections.abc import Mapping, Sequence
from typing import Any

from gouji.inference.ablation import Row
from gouji.inference.bootstrap import N_RESAMPLES, SEED, Estimate
from gouji.inference.confusion import Pairs
from gouji.inference.evaluation_page.contents import Contents
from gouji.inference.evaluation_page.figures import BEFORE_RECONCILING, RATES, rated
from gouji.inference.evaluation_page.history import MEASURES
from gouji.inference.evidence import DocumentCounts, Evaluated, Trust
from gouji.inference.lineage import Version
from gouji.inference.risk import reliability, risk_coverage

Json = Any
_BOOTSTRAP: Json = {"unit": "document", "resamples": N_RESAMPLES, "seed": SEED}


def ablation_data(rows: Sequence[Row]) -> dict[str, Json]:
    """Every system of the ablation with its rates, 95 % intervals and counts; null for no stage."""
    return {
        "bootstrap": _BOOTSTRAP,
        "systems": [
            {
                "name": row.title,
                "before": _stage(row.before, BEFORE_RECONCILING),
                "after": _stage(row.after, tuple(RATES)),
            }
            for row in rows
        ],
    }


def page_data(contents: Contents) -> dict[str, Json]:
    """What the page says of the system in detail."""
    evidence = contents.detail.evidence
    documents = evidence.documents
    tables = [t for t in contents.form.table_ids if any(t in d.tables for d in documents)]
    trusted = {"cells": evidence.cells, "nonzero": evidence.nonzero, "reports": evidence.reports}
    return {
        "command": contents.command,
        "system": contents.system,
        "bootstrap": _BOOTSTRAP,
        "all": _rates([d.whole for d in documents]),
        "tables": {t: _rates([d.tables[t] for d in documents if t in d.tables]) for t in tables},
        "kinds": _by(documents, {d.name: (d.kind,) for d in documents}),
        "damages": _by(documents, {d.name: d.damages for d in documents}),
        "confidence": {name: _trust(trust) for name, trust in trusted.items()},
        "confusion": {
            "causes": {cause.value: n for cause, n in sorted(evidence.confusion.causes.items())},
            "rows": _pairs(evidence.confusion.rows),
            "columns": _pairs(evidence.confusion.columns),
        },
        "versions": [_version(*one) for one in contents.history],
        "worst": [judged.gold.name for judged in evidence.worst],
    }


def _version(version: Version, evaluated: Evaluated) -> Json:
    rates = _rates([document.whole for document in evaluated.evidence.documents])
    return {
        "name": version.name,
        "version": version.version,
        "parent": version.parent,
        "date": version.date,
        "gate": version.gate.value,
        **{name: rates[name] for name in ("docs", *(RATES[title][0] for title in MEASURES))},
    }


def _stage(evaluated: Evaluated | None, titles: Sequence[str]) -> Json:
    if evaluated is None:
        return None
    rates = _rates([d.whole for d in evaluated.evidence.documents])
    kept = {RATES[title][0] for title in titles}
    return {name: rate for name, rate in rates.items() if name in kept | {"docs"}}


def _rates(documents: Sequence[Mapping[str, int]]) -> dict[str, Json]:
    rates = {RATES[title][0]: _estimate(e) for title, e in rated(documents).items()}
    return {"docs": len(documents), **rates}


def _estimate(estimate: Estimate) -> dict[str, Json]:
    return {
        "events": estimate.events,
        "total": estimate.total,
        "rate": estimate.value,
        "low_95": estimate.low,
        "high_95": estimate.high,
    }


def _by(documents: Sequence[DocumentCounts], keys: Mapping[str, Sequence[str]]) -> dict[str, Json]:
    names = sorted({key for group in keys.values() for key in group})
    return {name: _rates([d.whole for d in documents if name in keys[d.name]]) for name in names}


def _trust(trust: Trust) -> Json:
    curve = risk_coverage(trust.confidence, trust.right)
    diagram = reliability(trust.confidence, trust.right)
    if curve is None or diagram is None:
        return None
    bins = [{"n": b.n, "confidence": b.confidence, "accuracy": b.accuracy} for b in diagram.bins]
    return {
        "n": curve.n,
        "wrong": curve.n_wrong,
        "aurc": curve.aurc,
        "ece": diagram.ece,
        "bins": bins,
    }


def _pairs(pairs: Pairs) -> list[Json]:
    ranked = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [{"of": owner, "at": place, "n": n} for (owner, place), n in ranked]
