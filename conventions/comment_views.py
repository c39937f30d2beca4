"""One article with its former texts and what is said about it, and all comments on an agreement."""

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conventions import pages
from conventions.comment_forms import CommentForm
from conventions.former import former
from conventions.models import Agreement, Amendment, Comment
from conventions.models.article import ArticleText
from conventions.models.comment import CommentQuerySet
from conventions.reading import Shown
from conventions.writing import late
from hubportal.access.admin import bound
from hubportal.accounts.models import User
from hubportal.accounts.requests import SignedIn
from hubportal.forms import add_errors
from hubportal.keys import key_asked

PAGE: Final = 50
SHOWN: Final = ("open", "all", "removed")
"""Which comments the list shows: open ones, all, those on articles that were taken out."""


@require_http_methods(["GET", "HEAD", "POST"])
def agreement_article(request: SignedIn, reference: str, pk: int, number: int | None = None) -> HttpResponse:
    """Show an article in both languages, its comments and its former texts; on POST, comment on it."""
    agreement = pages.readable(request, reference, number)
    rows = agreement.articles.visible_to(request.user)
    if pages.is_gone(request, rows.model, pk):
        return late(request, agreement, _("Somebody took this out of the text in the meantime."))
    article: ArticleText = get_object_or_404(rows, pk=pk)
    form = CommentForm(*bound(request))
    if form.is_valid() and _commented(request, article, form):
        return redirect(pages.address(agreement, "article", pk=pk) + "#h-comments")
    comments = Comment.objects.visible_to(request.user).filter(**{_part(agreement): article})
    may_comment = agreement.is_writable and CommentQuerySet.can_be_written_by(agreement, request.user)
    kept, count = former(article, request.user)
    context = {
        **pages.head(agreement, request.user),
        "shown": Shown(article),
        "comments": _with_acts(comments, agreement, request.user),
        "form": form,
        "may_comment": may_comment,
        "former": kept,
        "former_count": count,
        "neighbours": _neighbours(agreement, article),
    }
    return render(request, "conventions/agreement_article.html", context)


@require_safe
def agreement_comments(request: SignedIn, reference: str, number: int | None = None) -> HttpResponse:
    """Show the comments on an agreement, newest first: open ones, all, or those whose article is gone."""
    agreement = pages.readable(request, reference, number)
    which = request.GET.get("show", SHOWN[0])
    if which not in SHOWN:
        raise Http404
    rows = Comment.objects.visible_to(request.user).filter(**{agreement.OWNER: agreement})
    gone = rows.filter(**{_part(agreement): None})
    chosen = {"open": rows.open(), "all": rows, "removed": gone}[which]
    before = key_asked(request, "before")
    chosen = chosen.filter(pk__lt=before) if before else chosen
    found = _with_acts(chosen.order_by("-pk")[: PAGE + 1], agreement, request.user)
    context = {
        **pages.head(agreement, request.user),
        "which": which,
        "comments": found[:PAGE],
        "following": found[PAGE - 1][0].pk if len(found) > PAGE else None,
        "is_first": before is None,
        "total": rows.count(),
        "removed": gone.count(),
    }
    return render(request, "conventions/agreement_comments.html", context)


@require_POST
def comment_resolve(request: SignedIn, reference: str, pk: int, number: int | None = None) -> HttpResponse:
    """Settle a comment."""
    row = _comment(request, reference, pk, number)
    if row.resolve(by=request.user):
        messages.success(request, _("The comment is resolved."))
    else:
        facts = {"who": row.resolved_by}
        messages.info(request, _("The comment was resolved already, by %(who)s.") % facts)
    return _back(request, row)


@require_POST
def comment_reopen(request: SignedIn, reference: str, pk: int, number: int | None = None) -> HttpResponse:
    """Discuss a comment again."""
    row = _comment(request, reference, pk, number)
    if row.reopen(by=request.user):
        messages.success(request, _("The comment is open again."))
    else:
        messages.info(request, _("The comment was open already."))
    return _back(request, row)


def _part(agreement: Agreement) -> str:
    return "amendment_article" if isinstance(agreement, Amendment) else "article"


def _commented(request: SignedIn, article: Any, form: CommentForm) -> bool:
    """Keep a comment; False when the form must be shown again, with the reason and what was typed."""
    text = form.cleaned_data["text"]
    latest = Comment.objects.visible_to(request.user).filter(**{_part(article.agreement): article}).last()
    if latest and latest.author_id == request.user.pk and latest.text == text.strip():
        # A second click; nobody says the same twice in a row.
        messages.info(request, _("You wrote this already: it is here once."))
        return True
    try:
        Comment.objects.write(on=article, by=request.user, text=text)
    except ValidationError as error:
        add_errors(form, error)
        return False
    messages.success(request, _("Your comment is here; both parties read it."))
    return True


def _with_acts(rows: QuerySet[Comment], agreement: Agreement, user: User) -> list[tuple[Comment, bool]]:
    """Return comments as they come, each with whether the person may resolve it or open it again."""
    found = list(rows.select_related("author", "resolved_by", "article", "amendment_article"))
    own = Comment.objects.filter(pk__in=[row.pk for row in found])
    mine = set(own.resolvable_by(user, agreement).order_by().values_list("pk", flat=True))
    return [(row, row.pk in mine) for row in found]


def _comment(request: SignedIn, reference: str, pk: int, number: int | None) -> Comment:
    agreement = pages.readable(request, reference, number)
    rows = Comment.objects.visible_to(request.user).filter(**{agreement.OWNER: agreement})
    row: Comment = get_object_or_404(rows.select_related("article", "amendment_article"), pk=pk)
    return row


def _back(request: SignedIn, row: Comment) -> HttpResponse:
    """Lead back to the list or the article from which one came."""
    target = request.POST.get("next", "")
    # A word without a slash would be taken for the name of a page, and there is none of that name.
    if not (target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)):
        target = pages.address(row.agreement, "comments")
    return redirect(target)


def _neighbours(agreement: Agreement, article: ArticleText) -> dict[str, Any]:
    """Return the articles before and after, as far as there are any."""
    rows = agreement.articles.order_by("number")
    return {
        "before": rows.filter(number__lt=article.number).last(),
        "after": rows.filter(number__gt=article.number).first(),
    }
