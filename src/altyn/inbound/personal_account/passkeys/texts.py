"""The texts of the page of passkeys, in Russian and English, and what renders it."""
# ruff: noqa: E501 - a sentence and its translation stay on one line

from pathlib import Path
from types import MappingProxyType
from typing import Final

from altyn.inbound.web.frame import WebPages
from altyn.look import Words

# fmt: off
PASSKEY_TEXTS: Final = MappingProxyType({
    "passkeys": Words("Ключи доступа", "Passkeys"),
    "passkeys_lead": Words("Вход без пароля и кода: отпечатком, лицом, ПИН-кодом устройства или аппаратным ключом.", "Log in without password and code: by fingerprint, face, the PIN of a device, or a security key."),
    "profile": Words("Мой доступ", "My access"),
    "own": Words("Ваши ключи", "Your passkeys"),
    "no_passkeys": Words("Ключей пока нет", "You have no passkeys yet"),
    "no_passkeys_text": Words("Добавьте ключ, и на странице входа хватит одного касания.", "Add one, and one touch is enough on the login page."),
    "name": Words("Название", "Name"),
    "name_hint": Words("Чтобы узнать устройство в списке: «Рабочий ноутбук», «Телефон».", "To find the device in the list: “Work laptop”, “Phone”."),
    "added": Words("Добавлен", "Added"),
    "last_used": Words("Последний вход", "Last login"),
    "never_used": Words("ещё не было", "none yet"),
    "other_site": Words("только для {site}", "for {site} only"),
    "change": Words("Изменить", "Change"),
    "rename": Words("Сохранить название", "Save the name"),
    "remove": Words("Удалить ключ", "Remove the passkey"),
    "remove_lead": Words("С удалённым ключом войти нельзя. На самом устройстве он останется: удалите его и там.", "You cannot log in with a removed passkey. It stays on the device: remove it there too."),
    "password": Words("Нынешний пароль", "Present password"),
    "add": Words("Добавить ключ", "Add a passkey"),
    "add_lead": Words("Сначала введите пароль, затем подтвердите на устройстве.", "First type your password, then confirm on the device."),
    "next": Words("Продолжить", "Continue"),
    "is_full": Words("Больше ключей добавить нельзя: удалите ненужный.", "No more passkeys can be added: remove one first."),
    "fault_title": Words("Здесь ключи доступа не работают", "Passkeys do not work here"),
    "fault_insecure": Words("Кабинет открыт по адресу {address}. Браузеры разрешают ключи только на https:// и на localhost. Включите https и укажите этот адрес в ALTYN_PUBLIC_URL.", "The account is at {address}. Browsers allow passkeys at https:// and at localhost only. Switch https on, and set ALTYN_PUBLIC_URL to that address."),
    "fault_address": Words("Кабинет открыт по адресу {address}, а ключи привязаны к имени сайта. Откройте его по имени: на своём компьютере — localhost вместо IP-адреса.", "The account is at {address}, but passkeys belong to a site’s name. Open it by name: on your own computer localhost instead of the IP address."),
    "create_title": Words("Ключ «{name}»", "Passkey “{name}”"),
    "create_lead": Words("Нажмите кнопку и подтвердите на устройстве. На это есть пять минут.", "Press the button and confirm on the device. You have five minutes."),
    "create": Words("Создать ключ", "Create the passkey"),
    "cancel": Words("Отменить", "Cancel"),
    "unsupported": Words("Этот браузер не умеет создавать ключи доступа", "This browser cannot create passkeys"),
    "unsupported_text": Words("Включите скрипты или откройте кабинет в другом браузере. Войти с паролем можно и без них.", "Switch scripts on, or open the account in another browser. Logging in with the password needs neither."),
    "cancelled": Words("Создание не подтверждено. Нажмите кнопку ещё раз.", "The passkey was not confirmed. Press the button again."),
    "known": Words("На этом устройстве уже есть ваш ключ. Возьмите другое устройство.", "This device has a passkey of yours already. Use another device."),
    "wrong_address": Words("Адрес в браузере — не тот, для которого настроены ключи. Откройте кабинет по его основному адресу.", "The browser’s address is not the one that passkeys are set up for. Open the account at its public address."),
    "failed": Words("Устройство не создало ключ. Попробуйте ещё раз или возьмите другое устройство.", "The device created no passkey. Try again, or use another device."),
    "done_added": Words("Ключ добавлен. В следующий раз войдите с ним.", "The passkey is added. Log in with it next time."),
    "done_renamed": Words("Название сохранено", "The name is saved"),
    "done_removed": Words("Ключ удалён", "The passkey is removed"),
})
# fmt: on


def passkey_text(key: str, *, language: str, **values: object) -> str:
    """A text of the page. Raises KeyError for an unknown key or a missing value."""
    return PASSKEY_TEXTS[key].text(language, **values)


RENDER: Final = WebPages(Path(__file__).parent / "templates", passkey_text).renderer()
