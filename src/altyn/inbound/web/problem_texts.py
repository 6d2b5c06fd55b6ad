"""Texts of problems that are stored in English, for a page in Russian.

They say why a delivery failed, why an address is refused, or what the sandbox's cash register and
its clock refuse. The table has the frequent ones; a page shows any other one in English, marked as
English.
"""
# ruff: noqa: E501 - a sentence and its translation stay on one line

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from markupsafe import Markup

# fmt: off
_DELIVERY: Final = {
    "the shop answered with status {status} instead of 200": "магазин ответил {status}, а нужен 200",
    "Time-out after {seconds} s: all connections to {where} were busy with earlier callbacks; answer faster.": "Не успели за {seconds} с: все соединения с {where} заняты прежними уведомлениями; отвечайте быстрее.",
    "Time-out after {seconds} s: the name servers of {where} did not answer; check the DNS of the domain.": "Не успели за {seconds} с: серверы имён {where} не ответили; проверьте DNS домена.",
    "Time-out after {seconds} s: no connection to {where} was established; check that the port is open to the gateway and that no firewall drops its packets.": "Не успели за {seconds} с: соединиться с {where} не удалось; проверьте, что порт открыт для шлюза и что межсетевой экран не отбрасывает его пакеты.",
    "Time-out after {seconds} s: {where} accepted the connection and did not answer; answer 200 first and do the work afterwards.": "Не успели за {seconds} с: {where} принял соединение и не ответил; сначала ответьте 200, остальное делайте потом.",
    "{where} answered with something that is not HTTP, or with headers over 8 KiB ({text}); check which program listens at this port.": "{where} ответил не по HTTP или заголовками больше 8 КиБ ({text}); проверьте, какая программа слушает этот порт.",
    "The address cannot be called as it is written; correct it.": "По этому адресу нельзя обратиться: исправьте его.",
    "The request could not be written: a header has a line break or a character that headers cannot contain; correct the extra headers in the settings.": "Запрос не составлен: в заголовке перевод строки или недопустимый знак; исправьте дополнительные заголовки в настройках.",
    "The callback to {where} failed ({text}); it is tried again.": "Уведомление на {where} не отправлено ({text}); шлюз повторит его.",
    "The name of {where} could not be looked up now; check the DNS of the domain.": "Имя {where} сейчас не найти; проверьте DNS домена.",
    "The name of {where} does not exist or has no address; check its spelling.": "Имени {where} нет или у него нет адреса; проверьте, как оно написано.",
    "The certificate of {where} is not valid yet; check the clocks and the date of issue.": "Сертификат {where} ещё не действует; проверьте часы и дату выпуска.",
    "The certificate of {where} has expired; renew it.": "Сертификат {where} истёк; обновите его.",
    "The certificate of {where} is self-signed; have it issued by a certification authority.": "Сертификат {where} самоподписанный; получите его в удостоверяющем центре.",
    "The certificate of {where} leads to a self-signed root that is not trusted here; use a public authority, or ask the operator to trust this root.": "Сертификат {where} ведёт к корневому, которому шлюз не доверяет; возьмите общедоступный центр или попросите оператора доверять этому.",
    "The certificate of {where} was issued by an authority that is not trusted here; send the intermediate certificates with it, or ask the operator to trust its root.": "Сертификат {where} выпустил центр, которому шлюз не доверяет; отправляйте с ним промежуточные или попросите оператора доверять корневому.",
    "The certificate of {where} cannot be verified; send the intermediate certificates with it.": "Сертификат {where} нельзя проверить; отправляйте с ним промежуточные сертификаты.",
    "The certificate of {where} is for another name; have one issued for this host.": "Сертификат {where} выпущен на другое имя; получите сертификат для этого узла.",
    "The certificate of {where} is for another name than this IP address; call the host by its name.": "Сертификат {where} выпущен не на этот IP-адрес; укажите узел по имени.",
    "The certificate of {where} was not accepted ({text}); replace it.": "Сертификат {where} не принят ({text}); замените его.",
    "The certificate of {where} was not accepted; replace it.": "Сертификат {where} не принят; замените его.",
    "No TLS connection to {where} ({text}); check that this port serves https with TLS 1.2 or newer.": "Нет TLS-соединения с {where} ({text}); проверьте, что порт работает по https с TLS 1.2 или новее.",
    "{where} refused the connection; start the shop, or correct the port.": "{where} не принял соединение; запустите магазин или исправьте порт.",
    "{where} closed the new connection at once; check which program uses this port.": "{where} сразу закрыл соединение; проверьте, какая программа занимает порт.",
    "{where} cannot be reached from the gateway; check its network and the firewalls.": "{where} недоступен для шлюза; проверьте его сеть и межсетевые экраны.",
    "{where} cannot be reached from the gateway; check the gateway's own network.": "{where} недоступен для шлюза; проверьте сеть самого шлюза.",
    "{where} did not accept the connection; check that no firewall drops the packets.": "{where} не ответил на соединение; проверьте, что межсетевой экран не отбрасывает пакеты.",
    "{where} could not be reached ({text}); check the address and the port.": "{where} недоступен ({text}); проверьте адрес и порт.",
    "{where} accepted the connection and reset it without an answer; look for the reason in the shop's log.": "{where} принял соединение и оборвал его без ответа; причину ищите в журнале магазина.",
    "{where} accepted the connection and closed it without an answer; look for the reason in the shop's log.": "{where} принял соединение и закрыл его без ответа; причину ищите в журнале магазина.",
}
_ADDRESS: Final = {
    "The address is longer than {length} characters.": "Адрес длиннее {length} знаков.",
    "The address contains a space, line break or invisible character; percent-encode it.": "В адресе пробел, перевод строки или невидимый знак; закодируйте его через %.",
    "The address contains a backslash, which programs read differently; use / or %5C.": "В адресе обратная косая черта, программы читают её по-разному; напишите / или %5C.",
    "This is not a complete address; write it as https://shop.example/path.": "Это не полный адрес; напишите его как https://shop.example/path.",
    "Callbacks are not sent to {scheme}:// addresses; use http or https.": "На адреса {scheme}:// уведомления не отправляются; нужен http или https.",
    "Callbacks are not sent to {scheme}:// addresses; use https.": "На адреса {scheme}:// уведомления не отправляются; нужен https.",
    "A callback over plain http can be read and changed in transit; use https.": "Уведомление по http могут прочитать и изменить по дороге; нужен https.",
    "The address contains a user name or password before @; use a header instead.": "В адресе имя или пароль перед @; передайте их заголовком.",
    "The address has no host; write it as https://shop.example/path.": "В адресе нет узла; напишите его как https://shop.example/path.",
    "The port must be a number from 1 to {max}.": "Порт — число от 1 до {max}.",
    "Port {port} is not allowed for callbacks; allowed: {allowed}.": "Порт {port} для уведомлений закрыт; открыты: {allowed}.",
    "The host is percent-encoded; write it in plain ASCII letters.": "Узел закодирован через %; напишите его латинскими буквами.",
    "The host ends with a dot; remove the dot.": "Имя узла кончается точкой; уберите её.",
    "The host must be a name of letters, digits, hyphens and single dots, at most {name} characters long, with at most 63 characters between two dots.": "Имя узла — буквы, цифры, дефисы и одиночные точки, не длиннее {name} знаков и не больше 63 знаков между точками.",
    "The host contains characters that a host name cannot have.": "В имени узла недопустимые знаки.",
    "The host must be in plain ASCII letters; write it as {name}.": "Имя узла пишется латинскими буквами: {name}.",
    "{host} ends in a number, but it is not an IPv4 address.": "{host} кончается числом, но это не адрес IPv4.",
    "{host} is an unusual spelling of an IP address; write it as {address}.": "{host} — необычная запись IP-адреса; напишите {address}.",
    "{host} is a name within one network; callbacks are sent to public hosts only.": "{host} — имя внутри одной сети; уведомления идут только на общедоступные узлы.",
    "{host} is not a full host name; write it with its domain, as shop.example.": "{host} — не полное имя узла; напишите его с доменом, как shop.example.",
    "{address} is the gateway's own machine (loopback); callbacks are sent to public addresses only.": "{address} — машина самого шлюза; уведомления идут только на общедоступные адреса.",
    "{address} is in a private network; callbacks are sent to public addresses only.": "{address} — адрес частной сети; уведомления идут только на общедоступные адреса.",
    "{address} is a link-local address; callbacks are never sent there.": "{address} — адрес одного отрезка сети; туда уведомления не отправляются.",
    "{address} is where a cloud provider serves the credentials of its machines; callbacks are never sent there.": "{address} — адрес, где облако хранит пароли машин; туда уведомления не отправляются.",
    "{address} is not a machine's address (in the sandbox use {own}); callbacks are never sent there.": "{address} — не адрес машины (в песочнице укажите {own}); туда уведомления не отправляются.",
    "{address} is not in public use; callbacks are sent to public addresses only.": "{address} не используется в интернете; уведомления идут только на общедоступные адреса.",
}
_SETTINGS: Final = {
    "at most {name}, {sum}; both can be changed in one command": "не больше {name}, сейчас {sum}; оба значения можно изменить вместе",
    "at least {name}, {sum}; both can be changed in one command": "не меньше {name}, сейчас {sum}; оба значения можно изменить вместе",
    "{provider} only together with {names}: set them in the same command": "вместе с {provider} нужны {names}: заполните их сразу",
    "only with the permission {name}: ask the provider": "нужно разрешение {name}: обратитесь в поддержку",
    "one of the merchant's currencies: {names}": "одна из валют магазина: {names}",
}
_RECEIPT: Final = {
    "the simulated cash register refuses it: {word} in a name, or the shop's setting": "имитация кассы отказывает: {word} в названии товара или настройка магазина",
    "no e-mail address and no phone number of the payer: send email or phone": "нет ни почты, ни телефона покупателя: передайте email или phone",
    "a receipt needs at least one line": "в чеке нужна хотя бы одна позиция",
    "line {place}: a name of more than {count} characters": "позиция {place}: название длиннее {count} знаков",
    "line {place}: price x quantity = {product}, but the amount {amount}": "позиция {place}: цена × количество = {product}, а сумма {amount}",
    "the lines are {total}, but the receipt {amount}": "сумма позиций {total}, а чека {amount}",
}
_CLOCK: Final = {
    "the sandbox's clock ends at {day}.": "часы песочницы кончаются {day}.",
    "The clock stopped at {moment}. Still open: {open}. `altyn order show` and the log of the gateway say why. Move the clock again, and it goes on from there.": "Часы остановились на {moment}. Не выполнено: {open}. Причину покажут `altyn order show` и журнал шлюза. Переведите часы ещё раз, и они пойдут дальше.",
}
# fmt: on
RUSSIAN: Final[Mapping[str, str]] = MappingProxyType(
    {**_DELIVERY, **_ADDRESS, **_SETTINGS, **_RECEIPT, **_CLOCK}
)
_NAME: Final = re.compile(r"\\\{([a-z]+)\\\}")
_NUMBERED: Final = re.compile(r"number (?P<number>\d+): (?P<problem>.*)", re.DOTALL)
_PATTERNS: Final = tuple(
    (re.compile(_NAME.sub(r"(?P<\1>.+?)", re.escape(english))), russian)
    for english, russian in RUSSIAN.items()
)


def russian_problem(problem: str) -> str | None:
    """The text in Russian; None for one that the table does not have."""
    if numbered := _NUMBERED.fullmatch(problem):
        found = russian_problem(numbered["problem"])
        return found and f"№\u00a0{numbered['number']}: {found}"
    for pattern, russian in _PATTERNS:
        if match := pattern.fullmatch(problem):
            return russian.format(**match.groupdict())
    return None


def problem_words(problem: str, language: str) -> str:
    """The text in the reader's language; one without a translation is marked as English."""
    if language == "en" or not problem:
        return problem
    return russian_problem(problem) or Markup('<span lang="en">{}</span>').format(problem)
