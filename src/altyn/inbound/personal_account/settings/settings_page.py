"""The pages of the settings: one for each section, saved as the command line saves them.

Source: personal-account.md §6, §7.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from starlette.responses import Response
from starlette.routing import BaseRoute

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.roles import Action
from altyn.domain.merchant import Merchant
from altyn.inbound.personal_account.access import AccountAccess, AccountRequest, Work
from altyn.inbound.personal_account.pages import SETTINGS_PATH
from altyn.inbound.personal_account.settings.callback_tools import CallbackTools, TestResult
from altyn.inbound.personal_account.settings.logo import LogoForm
from altyn.inbound.personal_account.settings.pages import SettingsFrame
from altyn.inbound.personal_account.settings.ports import SettingsServices
from altyn.inbound.personal_account.settings.section_form import Problem, SectionForm
from altyn.inbound.personal_account.settings.setting_words import SETTING_WORDS
from altyn.inbound.personal_account.settings.texts import settings_text
from altyn.inbound.web.callbacks.check_view import CallbackCheck
from altyn.inbound.web.responses import see_other
from altyn.operations.account.session import CurrentUser
from altyn.operations.staff.actors import StaffActor, StaffRole
from altyn.operations.staff.errors import SettingRefusedError, SettingsChangedError
from altyn.operations.staff.ports import CurrentSettings
from altyn.operations.staff.shop_settings import SettingSection

BAD_REQUEST: Final = 400
CONFLICT: Final = 409
DIGITS_MAX: Final = 9
UPLOAD_BYTES_MAX: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class SettingsPages:
    """Shows and saves the sections."""

    access: AccountAccess
    services: SettingsServices
    tools: CallbackTools

    def routes(self) -> list[BaseRoute]:
        """The addresses of the pages."""
        routes: list[BaseRoute] = [
            self.access.page(
                "GET",
                SETTINGS_PATH,
                self._showing(SettingSection.GENERAL),
                needs=Action.SETTINGS,
            ),
        ]
        for section in SettingSection:
            path = f"{SETTINGS_PATH}/{section}"
            routes += [
                self.access.page("GET", path, self._showing(section), needs=Action.SETTINGS),
                self.access.page("POST", path, self._saving(section), needs=Action.SETTINGS),
            ]
        callbacks = f"{SETTINGS_PATH}/{SettingSection.CALLBACKS}"
        posted = (
            (f"{callbacks}/key", self.new_key),
            (f"{callbacks}/certificate", self.new_certificate),
            (f"{callbacks}/test", self.send_test),
            (f"{callbacks}/check", self.check_received),
            (f"{SETTINGS_PATH}/{SettingSection.PAGE}/logo", self.save_logo),
        )
        return [
            *routes,
            *(
                self.access.page(
                    "POST", path, work, needs=Action.SETTINGS, bytes_max=UPLOAD_BYTES_MAX
                )
                for path, work in posted
            ),
        ]

    async def show(self, asked: AccountRequest, section: SettingSection) -> Response:
        """A section as it is stored."""
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        return await self._page(asked, current, self._form(asked, section, current))

    async def save(self, asked: AccountRequest, section: SettingSection) -> Response:
        """Save what was changed in a section; a refusal keeps what was typed."""
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        form = self._form(asked, section, current)
        sent = form.read(asked)
        form = replace(form, sent=sent)
        changes = form.changes(sent)
        if not changes:
            return see_other(f"{SETTINGS_PATH}/{section}?done=same")
        problems = form.refusals(changes) or self._refused_urls(changes, form)
        if problems:
            return await self._page(asked, current, replace(form, problems=problems))
        try:
            await self.change(asked.current, changes, version=_version(asked))
        except SettingsChangedError:
            current = await self.services.in_force(asked.current.merchant.merchant_id)
            form = replace(form, settings=current.settings, conflict=True)
            return await self._page(asked, current, form)
        except SettingRefusedError as error:
            problems = {error.key: form.problem(error)}
            return await self._page(asked, current, replace(form, problems=problems))
        return see_other(f"{SETTINGS_PATH}/{section}?done=saved")

    async def new_key(self, asked: AccountRequest) -> Response:
        """Put a new key of the checksum in place of the present one; once for each form."""
        changes = {"callbacks.key": self.services.new_key()}
        try:
            await self.change(asked.current, changes, version=_version(asked))
        except SettingsChangedError:
            return await self._outdated(asked)
        return see_other(f"{SETTINGS_PATH}/{SettingSection.CALLBACKS}?done=key#key")

    async def new_certificate(self, asked: AccountRequest) -> Response:
        """Create a signing key with its certificate; once for each form."""
        if not await self.tools.new_certificate(asked):
            return await self._outdated(asked)
        return see_other(
            f"{SETTINGS_PATH}/{SettingSection.CALLBACKS}?done=certificate#certificates"
        )

    async def send_test(self, asked: AccountRequest) -> Response:
        """Send a test callback with the stored settings; the answer shows request and response."""
        section = SettingSection.CALLBACKS
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        merchant = _merchant(asked, current)
        test = await self.tools.send_test(merchant, asked.form.get("address", ""))
        if test.entry is not None:
            await self.access.record(asked, AuditAction.CALLBACK_TESTED, test.entry.host)
        form = self._form(asked, section, current)
        return await self._page(asked, current, form, test=test)

    async def check_received(self, asked: AccountRequest) -> Response:
        """Check a callback that the shop received, by the keys of this shop only."""
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        form = self._form(asked, SettingSection.CALLBACKS, current)
        merchant = _merchant(asked, current)
        checked = await self.tools.check(asked, merchant, form.language)
        return await self._page(asked, current, form, check=checked)

    async def save_logo(self, asked: AccountRequest) -> Response:
        """Save the address of a logo, an uploaded picture, or that there is none."""
        logo = LogoForm.of(asked)
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        form = self._form(asked, SettingSection.PAGE, current)
        problem: Problem | None = None
        if logo.problem:
            problem = Problem(settings_text(logo.problem, language=form.language), "")
        else:
            try:
                await self.change(asked.current, {"page_logo": logo.value})
            except SettingRefusedError as error:
                problem = form.problem(error)
        if problem is None:
            return see_other(f"{SETTINGS_PATH}/{SettingSection.PAGE}?done=saved#logo")
        return await self._page(asked, current, form, logo_problem=problem, logo_typed=logo.address)

    async def change(
        self, current: CurrentUser, changes: Mapping[str, object], *, version: int | None = None
    ) -> None:
        """Change settings of the user's shop, as the user. Raises SettingRefusedError,
        SettingsChangedError."""
        merchant_id = current.merchant.merchant_id
        actor = StaffActor(
            name=current.user.login,
            role=StaffRole.ACCOUNT_USER,
            merchant_id=merchant_id,
            address=current.address,
        )
        await self.services.change(actor, merchant_id, changes, version=version)

    async def _outdated(self, asked: AccountRequest) -> Response:
        """What is in force, for a form that was sent before, or that was made of older settings."""
        current = await self.services.in_force(asked.current.merchant.merchant_id)
        form = self._form(asked, SettingSection.CALLBACKS, current)
        return await self._page(asked, current, form, outdated=True)

    def _showing(self, section: SettingSection) -> Work:
        async def work(asked: AccountRequest) -> Response:
            return await self.show(asked, section)

        return work

    def _saving(self, section: SettingSection) -> Work:
        async def work(asked: AccountRequest) -> Response:
            return await self.save(asked, section)

        return work

    def _form(
        self, asked: AccountRequest, section: SettingSection, current: CurrentSettings
    ) -> SectionForm:
        language = self._frames.frame(asked).language
        return SectionForm(section, current.settings, language)

    def _refused_urls(self, changes: Mapping[str, object], form: SectionForm) -> dict[str, Problem]:
        """Addresses of callbacks that the gateway would not call."""
        urls = changes.get("callbacks.urls", ())
        assert isinstance(urls, list | tuple), "addresses are a list"
        for number, url in enumerate(urls, 1):
            reason = self.services.refusal_of_url(url)
            if reason is not None:
                refused = SettingRefusedError("callbacks.urls", f"number {number}: {reason}")
                return {"callbacks.urls": form.problem(refused)}
        return {}

    async def _page(
        self,
        asked: AccountRequest,
        current: CurrentSettings,
        form: SectionForm,
        test: TestResult | None = None,
        **more: object,
    ) -> Response:
        status = CONFLICT if form.conflict or more.get("outdated") else 200
        checked = more.get("check")
        unreadable = isinstance(checked, CallbackCheck) and checked.problem is not None
        if form.problems or more.get("logo_problem") or unreadable:
            status = BAD_REQUEST
        values: dict[str, object] = {"test": test, "logo_problem": None, "logo_typed": ""}
        values |= {"check": CallbackCheck(), "outdated": False}
        if form.section is SettingSection.CALLBACKS:
            merchant = _merchant(asked, current)
            values |= await self.tools.shown(merchant, form.language, test)
        keys = {each.key for each in form.fields()}
        loose = [each for key, each in form.problems.items() if key not in keys]
        return self._frames.page(
            "section.html",
            asked,
            form.section,
            status,
            form=form,
            fields=form.fields(),
            of_provider=form.of_provider(),
            version=current.version,
            loose=loose,
            logo=current.settings.page_logo,
            logo_label=SETTING_WORDS["page_logo"].label.text(form.language),
            logo_effect=SETTING_WORDS["page_logo"].effect.text(form.language),
            **(values | more),
        )

    @property
    def _frames(self) -> SettingsFrame:
        return SettingsFrame(self.access.sandbox)


def _merchant(asked: AccountRequest, current: CurrentSettings) -> Merchant:
    """The user's merchant with the settings that are in force now."""
    return replace(asked.current.merchant, settings=current.settings)


def _version(asked: AccountRequest) -> int:
    """The version that the form was made of; 0, which never is in force, for any other text."""
    text = asked.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0
