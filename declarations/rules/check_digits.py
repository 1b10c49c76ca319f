"""Check digits of containers, ships and wagons."""


def container_digit(ten: str) -> int:
    """ISO 6346: of the owner code, category letter and six digits. Letters skip multiples of 11."""
    values: dict[str, int] = {str(n): n for n in range(10)}
    value = 10
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ":
        value += value % 11 == 0
        values[letter] = value
        value += 1
    total = sum(values[sign] * 2**place for place, sign in enumerate(ten))
    return total % 11 % 10


def imo_digit(six: str) -> int:
    """IMO ship number: six digits weighted 7 to 2."""
    return sum(int(digit) * weight for digit, weight in zip(six, range(7, 1, -1), strict=True)) % 10


def wagon_digit(digits: str) -> int:
    """Wagons of 1520 mm gauge (8 digits) and UIC (12): Luhn, the first digit counts double."""
    total = 0
    for place, digit in enumerate(digits):
        product = int(digit) * (2 if place % 2 == 0 else 1)
        total += product // 10 + product % 10
    return -total % 10
