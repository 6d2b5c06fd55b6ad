"""The texts of the personal account, in Russian and English."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from types import MappingProxyType
from typing import Final

from altyn.domain.account.audit import AuditAction
from altyn.domain.account.passkeys import NAME_LENGTH_MAX, PASSKEYS_MAX
from altyn.domain.account.password_rules import (
    ACCOUNT_PASSWORD_MAX,
    ACCOUNT_PASSWORD_MIN,
    API_PASSWORD_MAX,
    API_PASSWORD_MIN,
    SPECIALS,
    PasswordRule,
)
from altyn.domain.account.roles import AccountRole, Action
from altyn.look import Words
from altyn.operations.account.errors import AccountError, PasswordRulesError, Reason

# fmt: off
_MENU: Final = {
    "menu_main": Words("Главная", "Main"),
    "menu_reports": Words("Отчёты", "Reports"),
    "menu_exports": Words("Выгрузки", "Exports"),
    "menu_invoices": Words("Счета", "Invoices"),
    "menu_links": Words("Ссылки и кнопка", "Links and button"),
    "menu_profile": Words("Мой доступ", "My access"),
    "menu_orders": Words("Заказы", "Orders"),
    "menu_callbacks": Words("Уведомления", "Callbacks"),
    "menu_settings": Words("Настройки", "Settings"),
    "menu_users": Words("Пользователи", "Users"),
    "menu_api": Words("Доступ к API", "API access"),
    "menu_audit": Words("Журнал действий", "Audit log"),
}
_LOGIN: Final = {
    "login_title": Words("Вход в личный кабинет", "Log in to the personal account"),
    "login": Words("Логин", "Login"),
    "password": Words("Пароль", "Password"),
    "log_in": Words("Войти", "Log in"),
    "forgotten": Words("Забыли пароль? Новый даст владелец магазина в разделе «Пользователи» или служба поддержки.", "Forgot the password? An owner of the shop gives a new one under “Users”, or the support does."),
    "demo": Words("Пользователи демо-магазина", "Users of the demo shop"),
    "demo_note": Words("Пароль у всех один: {password}", "They share one password: {password}"),
    "busy": Words("Сервис сейчас занят. Повторите через несколько секунд.", "The service is busy at the moment. Repeat in a few seconds."),
    "passkey_log_in": Words("Войти с ключом доступа", "Log in with a passkey"),
    "passkey_cancelled": Words("Вход не подтверждён. Попробуйте ещё раз или войдите с паролем.", "The login was not confirmed. Try again, or log in with the password."),
    "passkey_address": Words("Ключи доступа не работают по этому адресу. Войдите с паролем.", "Passkeys do not work at this address. Log in with the password."),
    "passkey_failed": Words("Не получилось связаться с сервисом или устройством. Попробуйте ещё раз или войдите с паролем.", "The service or the device did not answer. Try again, or log in with the password."),
    "result_unknown": Words("База данных не ответила, и пока неизвестно, сохранено ли изменение. Посмотрите на странице, что получилось, прежде чем повторять.", "The database has not answered, so it is not known yet whether the change is saved. See on the page what has become of it before you repeat it."),
    "too_large": Words("Форма или файл в ней слишком велики, ничего не сохранено. Вернитесь назад и отправьте меньше.", "The form or its file is too large, nothing was saved. Go back and send less."),
    "code_title": Words("Одноразовый код", "One-time code"),
    "code_lead": Words("Откройте приложение с кодами и введите шесть цифр.", "Open your authenticator app and type the six digits."),
    "code": Words("Код из приложения", "Code from the app"),
    "confirm": Words("Подтвердить", "Confirm"),
}
_PASSWORD: Final = {
    "password_title": Words("Смена пароля", "Change the password"),
    "password_one_time": Words("Пароль одноразовый. Задайте свой, и кабинет откроется.", "This is a one-time password. Choose your own, and the account opens."),
    "password_lead": Words("После смены на других устройствах придётся войти снова.", "On other devices you will have to log in again."),
    "old_password": Words("Нынешний пароль", "Present password"),
    "new_password": Words("Новый пароль", "New password"),
    "repeat_password": Words("Новый пароль ещё раз", "New password again"),
    "password_hint": Words(f"От {ACCOUNT_PASSWORD_MIN} знаков: большие и малые латинские буквы, цифры и знаки {SPECIALS.replace('{', '{{').replace('}', '}}')}. Без названия и логинов магазина.", f"At least {ACCOUNT_PASSWORD_MIN} characters: upper- and lower-case Latin letters, digits and some of {SPECIALS.replace('{', '{{').replace('}', '}}')}. Not the shop's name or a login of the shop."),
    "change_password": Words("Сменить пароль", "Change the password"),
    "passwords_differ": Words("Пароли не совпадают: введите новый пароль дважды одинаково.", "The passwords differ: type the new password twice alike."),
    "done_password": Words("Пароль изменён", "The password is changed"),
    "done_codes_on": Words("Одноразовые коды включены", "One-time codes are switched on"),
    "done_codes_off": Words("Одноразовые коды выключены", "One-time codes are switched off"),
}
_PROFILE: Final = {
    "profile_title": Words("Мой доступ", "My access"),
    "role": Words("Роль", "Role"),
    "shop": Words("Магазин", "Shop"),
    "passkeys_title": Words("Ключи доступа", "Passkeys"),
    "passkeys_manage": Words("Добавить или удалить", "Add or remove"),
    "rights": Words("Права", "Rights"),
    "refused_title": Words("Действие недоступно", "This is not possible"),
    "to_account": Words("В личный кабинет", "To the personal account"),
}
_CODES: Final = {
    "codes_title": Words("Одноразовые коды", "One-time codes"),
    "codes_lead": Words("При входе, кроме пароля, нужен код из приложения на телефоне.", "A login then needs a code from an app on your phone, in addition to the password."),
    "codes_scan": Words("Отсканируйте QR-код приложением для одноразовых кодов или введите ключ вручную. Затем введите код, который оно покажет.", "Scan the QR code with an authenticator app, or type the key. Then type the code that it shows."),
    "codes_qr": Words("QR-код с ключом", "QR code with the key"),
    "codes_secret": Words("Ключ", "Key"),
    "codes_switch_on": Words("Включить", "Switch on"),
    "codes_switch_off": Words("Выключить", "Switch off"),
    "codes_are_on": Words("включены.", "on."),
    "codes_are_off": Words("выключены.", "off."),
}
_USERS: Final = {
    "users_lead": Words("Кто входит в кабинет магазина и что может в нём делать.", "Who logs in to the shop's account, and what they may do there."),
    "user_state": Words("Состояние", "State"),
    "is_active": Words("активен", "active"),
    "is_blocked": Words("заблокирован", "blocked"),
    "is_locked": Words("вход закрыт после неудачных попыток", "locked after failed logins"),
    "has_one_time": Words("одноразовый пароль", "one-time password"),
    "add_user": Words("Добавить пользователя", "Add a user"),
    "login_hint": Words("От 1 до 30 латинских букв, цифр, дефисов и подчёркиваний.", "1 to 30 Latin letters, digits, hyphens and underscores."),
    "new_user_password": Words("Одноразовый пароль для {login}", "One-time password of {login}"),
    "shown_once": Words("Показан один раз и нигде не хранится: передайте или сохраните его сейчас.", "It is shown once and not stored: pass it on or keep it now."),
    "role_and_rights": Words("Роль и права", "Role and rights"),
    "role_hint": Words("С новой ролью права станут такими, как у неё принято.", "With a new role the rights become those of the role."),
    "save": Words("Сохранить", "Save"),
    "own_user": Words("Это вы. Свои роль и права меняет другой владелец.", "This is you. Another owner changes your role and rights."),
    "reset_password": Words("Выдать новый пароль", "Give a new password"),
    "reset_password_lead": Words("Прежний пароль перестанет действовать, сеансы закончатся. При входе пользователь задаст свой.", "The present password stops working and sessions end. At the login the user chooses a new one."),
    "codes_too": Words("Выключить одноразовые коды: телефон потерян", "Switch one-time codes off: the phone is lost"),
    "block": Words("Заблокировать", "Block"),
    "block_lead": Words("Сеансы закончатся, и войти будет нельзя.", "Sessions end, and the user cannot log in."),
    "unblock": Words("Разблокировать", "Unblock"),
    "unblock_lead": Words("Пользователь сможет войти снова.", "The user can log in again."),
    "remove_passkeys": Words("Удалить все ключи", "Remove all passkeys"),
    "remove_passkeys_lead": Words("Если устройство потеряно или украдено: войти с его ключом будет нельзя. Пароль останется прежним, открытые сеансы продолжатся.", "For a lost or stolen device: its passkey opens no session any more. The password stays, and open sessions go on."),
    "done_passkeys": Words("Ключей доступа у пользователя больше нет", "The user has no passkeys any more"),
    "done_rights": Words("Роль и права сохранены", "Role and rights are saved"),
    "done_blocked": Words("Пользователь заблокирован", "The user is blocked"),
    "done_unblocked": Words("Пользователь разблокирован", "The user is unblocked"),
}
_API: Final = {
    "api_lead": Words("Пароль и токен, с которыми ваш сайт вызывает API.", "The password and the token with which your site calls the API."),
    "api_one_time": Words("Пароль одноразовый", "The password is a one-time password"),
    "api_one_time_lead": Words("Пока он не сменён, API отвечает 5 «Пользователь должен сменить свой пароль».", "Until it is changed, the API answers 5 “The user must change the password”."),
    "new_api_password": Words("Новый пароль API", "New API password"),
    "api_password_hint": Words(f"Оставьте пустым, и мы создадим его. Свой — от {API_PASSWORD_MIN} до {API_PASSWORD_MAX} латинских букв, цифр и знаков, с цифрой и большой буквой.", f"Leave it empty, and we generate one. Your own has {API_PASSWORD_MIN} to {API_PASSWORD_MAX} Latin letters, digits and signs, with a digit and an upper-case letter."),
    "change_api_password": Words("Сменить пароль API", "Change the API password"),
    "token": Words("Токен", "Token"),
    "change_token": Words("Создать новый токен", "Create a new token"),
    "change_token_lead": Words("Прежние токены перестанут действовать.", "The present tokens stop working."),
    "restore_password": Words("Вернуть прежний пароль", "Restore the password before"),
    "restore_token": Words("Вернуть прежний токен", "Restore the token before"),
    "five_minutes": Words("Можно в течение пяти минут после смены.", "Possible within five minutes of the change."),
    "api_password_changed": Words("Пароль {login} изменён. Прежний не действует.", "The password of {login} is changed. The one before is refused."),
    "api_password_restored": Words("Прежний пароль {login} снова действует.", "The password of {login} before the change is in force again."),
    "token_changed": Words("Новый токен {login}. Прежние не действуют.", "The new token of {login}. Those before are refused."),
    "token_restored": Words("Прежний токен {login} снова действует.", "The token of {login} before the change is in force again."),
}
_AUDIT: Final = {
    "audit_lead": Words("Кто, что, когда и откуда изменил. Записи связаны: изменённую или удалённую видно при проверке.", "Who changed what, when and from where. The entries are chained: a check finds one that was altered or removed."),
    "audit_time": Words("Время", "Time"),
    "audit_actor": Words("Кто", "Who"),
    "audit_action": Words("Что", "What"),
    "audit_subject": Words("Над чем", "Of what"),
    "audit_address": Words("Адрес", "Address"),
    "audit_empty": Words("Записей пока нет", "There are no entries yet"),
}
_AUDIT_ACTIONS: Final = {
    AuditAction.LOGGED_IN: "вход",
    AuditAction.LOGIN_FAILED: "неудачный вход",
    AuditAction.LOGIN_LOCKED: "вход закрыт",
    AuditAction.LOGGED_OUT: "выход",
    AuditAction.PASSWORD_CHANGED: "пароль сменён",
    AuditAction.PASSWORD_RESET: "выдан новый пароль",
    AuditAction.CODES_SWITCHED_ON: "одноразовые коды включены",
    AuditAction.CODES_SWITCHED_OFF: "одноразовые коды выключены",
    AuditAction.PASSKEY_ADDED: "ключ доступа добавлен",
    AuditAction.PASSKEY_RENAMED: "ключ доступа переименован",
    AuditAction.PASSKEY_REMOVED: "ключ доступа удалён",
    AuditAction.USER_ADDED: "пользователь добавлен",
    AuditAction.USER_BLOCKED: "пользователь заблокирован",
    AuditAction.USER_UNBLOCKED: "пользователь разблокирован",
    AuditAction.RIGHTS_CHANGED: "права изменены",
    AuditAction.API_PASSWORD_CHANGED: "пароль API сменён",
    AuditAction.API_PASSWORD_RESTORED: "пароль API возвращён",
    AuditAction.TOKEN_ADDED: "токен добавлен",
    AuditAction.TOKEN_REMOVED: "токен удалён",
    AuditAction.TOKEN_CHANGED: "токен сменён",
    AuditAction.TOKEN_RESTORED: "токен возвращён",
    AuditAction.MERCHANT_ADDED: "магазин добавлен",
    AuditAction.MERCHANT_BLOCKED: "магазин заблокирован",
    AuditAction.MERCHANT_UNBLOCKED: "магазин разблокирован",
    AuditAction.SETTINGS_CHANGED: "настройки изменены",
    AuditAction.SESSION_ENDED: "сеанс завершён",
    AuditAction.COMPLETION_ASKED: "запрошено завершение",
    AuditAction.REVERSAL_ASKED: "запрошена отмена",
    AuditAction.REFUND_ASKED: "запрошен возврат",
    AuditAction.DECLINE_ASKED: "запрошено отклонение заказа",
    AuditAction.CLOSING_ASKED: "запрошен чек закрытия",
    AuditAction.RECEIPT_RESENT: "чек отправлен ещё раз",
    AuditAction.INVOICE_MADE: "счёт создан",
    AuditAction.INVOICE_SENT: "счёт отправлен",
    AuditAction.CALLBACK_RESENT: "уведомление отправлено ещё раз",
    AuditAction.CALLBACK_TESTED: "отправлено проверочное уведомление",
    AuditAction.CERTIFICATE_CREATED: "сертификат создан",
    AuditAction.PAGE_SET_UPLOADED: "набор страниц загружен",
    AuditAction.PAGE_SET_ACTIVATED: "набор страниц включён",
    AuditAction.PAGE_SET_DEACTIVATED: "набор страниц выключен",
    AuditAction.PAGE_SET_REMOVED: "набор страниц удалён",
    AuditAction.PAGE_SET_APPROVED: "набор страниц одобрен",
    AuditAction.PAGE_SET_REFUSED: "набор страниц отклонён",
    AuditAction.REPORT_REQUESTED: "отчёт заказан",
    AuditAction.REPORT_DOWNLOADED: "отчёт скачан",
    AuditAction.ORDERS_DOWNLOADED: "список заказов скачан",
}
_AUDIT_DETAILS: Final = {
    "a wrong password": "неверный пароль",
    "a wrong one-time code": "неверный одноразовый код",
    "a wrong present password": "неверный нынешний пароль",
    "a wrong passkey response": "неверный ответ ключа доступа",
    "a passkey response that was used before": "повторный ответ ключа доступа",
    "a passkey's count of signatures went back": "счётчик подписей ключа доступа уменьшился",
    "with a passkey": "с ключом доступа",
    "waits for a one-time code": "ждёт одноразового кода",
    "with a code": "с кодом",
    "ready": "готов",
    "waiting": "ждёт провайдера",
    "one-time codes switched off": "одноразовые коды выключены",
    AccountRole.OWNER: "владелец",
    AccountRole.OPERATOR: "оператор",
    AccountRole.ACCOUNTANT: "бухгалтер",
    AccountRole.SUPPORT: "поддержка",
}
_ROLES: Final = {
    f"role_{AccountRole.OWNER}": Words("владелец", "owner"),
    f"role_{AccountRole.OPERATOR}": Words("оператор", "operator"),
    f"role_{AccountRole.ACCOUNTANT}": Words("бухгалтер", "accountant"),
    f"role_{AccountRole.SUPPORT}": Words("поддержка", "support"),
}
_ACTIONS: Final = {
    f"action_{Action.ORDERS}": Words("смотреть заказы", "see orders"),
    f"action_{Action.EXPORT}": Words("выгружать заказы", "export orders"),
    f"action_{Action.COMPLETION}": Words("завершать двухстадийные оплаты", "complete two-stage payments"),
    f"action_{Action.REVERSAL}": Words("отменять оплаты", "reverse payments"),
    f"action_{Action.REFUND}": Words("возвращать деньги", "refund payments"),
    f"action_{Action.DECLINE}": Words("отклонять неоплаченные заказы", "decline unpaid orders"),
    f"action_{Action.RECEIPTS}": Words("отправлять чеки", "send receipts"),
    f"action_{Action.CALLBACKS}": Words("повторять уведомления магазину", "resend callbacks"),
    f"action_{Action.INVOICES}": Words("выставлять счета", "send invoices"),
    f"action_{Action.REPORTS}": Words("получать отчёты", "make reports"),
    f"action_{Action.SETTINGS}": Words("менять настройки магазина", "change settings of the shop"),
    f"action_{Action.API_CREDENTIALS}": Words("менять пароль и токен API", "change the API password and token"),
    f"action_{Action.USERS}": Words("управлять пользователями", "manage users"),
    f"action_{Action.AUDIT}": Words("смотреть журнал действий", "see the audit log"),
}
_REASONS: Final = {
    Reason.LOGIN_EMPTY: Words("Введите логин.", "Type the login."),
    Reason.PASSWORD_EMPTY: Words("Введите пароль.", "Type the password."),
    Reason.WRONG_LOGIN: Words("Логин или пароль не подходит. После десяти неудачных попыток вход закрывается на 30 минут.", "The login or the password is wrong. Ten failed attempts close the login for 30 minutes."),
    Reason.USER_BLOCKED: Words("Пользователь заблокирован. Разблокировать может владелец магазина.", "The user is blocked. An owner of the shop can unblock it."),
    Reason.MERCHANT_BLOCKED: Words("Магазин заблокирован. Обратитесь в службу поддержки.", "The shop is blocked. Ask the support."),
    Reason.WRONG_CODE: Words("Код не подходит или уже использован. Введите самый новый.", "The code is wrong or was used before. Type the newest one."),
    Reason.PASSKEY_REFUSED: Words("Ключ доступа не принят. После десяти неудачных попыток вход закрывается на 30 минут. Войдите с паролем.", "The passkey is refused. Ten failed attempts close the login for 30 minutes. Log in with the password."),
    Reason.PASSKEY_UNKNOWN: Words("Такого ключа доступа здесь нет: возможно, его удалили. Войдите с паролем.", "This passkey is not known here: it may have been removed. Log in with the password."),
    Reason.PASSKEY_TOO_LATE: Words("Прошло больше пяти минут, или действие уже выполнено. Начните заново.", "More than five minutes have passed, or this was done before. Begin again."),
    Reason.PASSKEY_NOT_CREATED: Words("Ответ устройства не подошёл, ключ не добавлен. Начните заново или возьмите другое устройство.", "The device’s answer cannot be used, so no passkey was added. Begin again, or use another device."),
    Reason.PASSKEY_NAME: Words(f"Название ключа — от 1 до {NAME_LENGTH_MAX} знаков, без пробелов по краям.", f"A passkey’s name has 1 to {NAME_LENGTH_MAX} characters, without blanks at its ends."),
    Reason.PASSKEY_NAME_TAKEN: Words("Ключ «{detail}» у вас уже есть. Выберите другое название.", "You have a passkey “{detail}” already. Choose another name."),
    Reason.PASSKEY_KNOWN: Words("Этот ключ уже добавлен. Возьмите другое устройство или сначала удалите ключ.", "This passkey was added before. Use another device, or remove the passkey first."),
    Reason.PASSKEY_GONE: Words("Такого ключа у вас нет: возможно, он уже удалён.", "You have no such passkey: it may have been removed."),
    Reason.TOO_MANY_PASSKEYS: Words(f"У вас уже {PASSKEYS_MAX} ключей. Сначала удалите ненужный.", f"You have {PASSKEYS_MAX} passkeys. Remove one first."),
    Reason.NO_PASSKEYS_HERE: Words("Браузеры разрешают ключи доступа только на адресах https:// и на localhost.", "Browsers allow passkeys at https:// addresses and at localhost only."),
    Reason.SESSION_OVER: Words("Сеанс окончен. Войдите снова.", "The session has ended. Log in again."),
    Reason.PASSWORD_IS_ONE_TIME: Words("Сначала смените одноразовый пароль.", "Change the one-time password first."),
    Reason.NOT_PERMITTED: Words("У вас нет права «{detail}». Его может включить владелец магазина.", "You do not have the right “{detail}”. An owner of the shop can switch it on."),
    Reason.FORM_OUTDATED: Words("Форма устарела или отправлена с другого сайта. Откройте страницу заново и повторите.", "The form is outdated or was sent from another site. Open the page again and repeat."),
    Reason.WRONG_PASSWORD: Words("Нынешний пароль не подходит.", "The present password is wrong."),
    Reason.PASSWORD_RULES: Words("Новый пароль не подходит:", "The new password does not fit:"),
    Reason.LOGIN_MALFORMED: Words("Логин — от 1 до 30 латинских букв, цифр, дефисов и подчёркиваний; первой идёт буква или цифра.", "A login has 1 to 30 Latin letters, digits, hyphens and underscores, and begins with a letter or digit."),
    Reason.LOGIN_TAKEN: Words("Логин {detail} занят. Выберите другой.", "The login {detail} is taken. Choose another one."),
    Reason.USER_UNKNOWN: Words("В магазине нет пользователя {detail}.", "The shop has no user {detail}."),
    Reason.OWN_USER: Words("Себе это изменить нельзя: попросите другого владельца.", "You cannot change this of your own user: ask another owner."),
    Reason.NOT_SWITCHABLE: Words("У этой роли такое право есть всегда или его не бывает.", "This role has the right always, or never."),
    Reason.API_USER_UNKNOWN: Words("В магазине нет пользователя API {detail}.", "The shop has no API user {detail}."),
    Reason.SHOP_UNKNOWN: Words("Такого магазина нет: {detail}. Выберите магазин из списка на странице.", "There is no such shop: {detail}. Choose a shop of the list on the page."),
    Reason.NOTHING_TO_RESTORE: Words("Вернуть уже нечего: прошло больше пяти минут или ничего не менялось.", "There is nothing to restore: more than five minutes have passed, or nothing was changed."),
}
_RULES: Final = {
    PasswordRule.LENGTH: Words(f"нужно от {ACCOUNT_PASSWORD_MIN} до {ACCOUNT_PASSWORD_MAX} знаков", f"it needs {ACCOUNT_PASSWORD_MIN} to {ACCOUNT_PASSWORD_MAX} characters"),
    PasswordRule.API_LENGTH: Words(f"нужно от {API_PASSWORD_MIN} до {API_PASSWORD_MAX} знаков", f"it needs {API_PASSWORD_MIN} to {API_PASSWORD_MAX} characters"),
    PasswordRule.CHARACTERS: Words("есть знаки, которые не разрешены", "it has characters that are not allowed"),
    PasswordRule.UPPER: Words("нужна большая латинская буква", "it needs an upper-case Latin letter"),
    PasswordRule.LOWER: Words("нужна малая латинская буква", "it needs a lower-case Latin letter"),
    PasswordRule.DIGIT: Words("нужна цифра", "it needs a digit"),
    PasswordRule.SPECIAL: Words("нужен один из разрешённых знаков", "it needs one of the signs that are allowed"),
    PasswordRule.SHOP_NAME: Words("в нём есть название или логин магазина", "it contains the shop's name or a login of the shop"),
    PasswordRule.UNCHANGED: Words("он такой же, как прежний", "it is the same as before"),
}
# fmt: on

ACCOUNT_TEXTS: Final = MappingProxyType(
    {
        **_MENU,
        **_LOGIN,
        **_PASSWORD,
        **_PROFILE,
        **_CODES,
        **_USERS,
        **_API,
        **_AUDIT,
        **_ROLES,
        **_ACTIONS,
    }
)


_NO_INVOICES: Final = Words(
    "У Вас недостаточно прав для отправки платежной формы. Право включает владелец магазина в разделе «Пользователи».",
    "You do not have the right to send payment forms. An owner of the shop can switch it on under “Users”.",
)


def account_text(key: str, *, language: str, **values: object) -> str:
    """A text of the account. Raises KeyError for an unknown key or a missing value."""
    return ACCOUNT_TEXTS[key].text(language, **values)


def audit_action_text(action: str, language: str) -> str:
    """What an entry of the audit log is about; one of a newer version by its stored name."""
    if language == "en" or action not in _AUDIT_ACTIONS:
        return action
    return _AUDIT_ACTIONS[AuditAction(action)]


def audit_detail_text(detail: str, language: str) -> str:
    """The detail of an entry; names of settings and rights are the same in every language."""
    return detail if language == "en" else _AUDIT_DETAILS.get(detail, detail)


def reason_text(error: AccountError, language: str) -> str:
    """Why an action is refused, and what to do."""
    detail = error.detail
    if error.reason is Reason.NOT_PERMITTED:
        detail = account_text(f"action_{error.detail}", language=language)
        if error.detail == Action.INVOICES:  # personal-account.md §2 has its words
            return _NO_INVOICES.text(language)
    text = _REASONS[error.reason].text(language, detail=detail)
    if isinstance(error, PasswordRulesError):
        rules = "; ".join(_RULES[rule].text(language) for rule in error.rules)
        return f"{text} {rules}."
    return text
