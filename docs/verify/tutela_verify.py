"""核验安学账本的凭证或导出文件 Checks a receipt or an export of a Tutela ledger, as docs/LEDGER-FORMAT.md says.
Python 3.8 或更新，只用标准库，不联网 Python 3.8 or later, standard library only, no network.
FILE: - is standard input; a receipt may be the text of its QR code. VKEY: from a source other than the file.
Exit 退出码: 0 成立 holds, 1 不成立 does not hold, 2 未能核对全部内容 could not check everything."""
import argparse, base64, hashlib, json, re, sys, time, unicodedata, zlib
FORM = "文件不是规定的格式", "the file does not have the form that it should have"
CANON = "记录的字节不是规定的写法", "the bytes of an entry are not the canonical ones"
TREE = "记录不在签名的检查点之内", "the entry is not in the tree that was signed"
LINKS = "记录的编号或链接中断", "numbers or links of the entries are broken"
KEY = "不是所给的公钥，或不是公钥", "not the key that was given, or not a key"
BROKEN = ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, RuntimeError, zlib.error

class Wrong(ValueError): """Something does not hold: Chinese, English."""
def need(condition, *wrong):
    if not condition: raise Wrong(*wrong)
sha256 = lambda *parts: hashlib.sha256(b"".join(parts)).digest()

# ---- Ed25519 (RFC 8032), strict: canonical encodings, no points of small order ----
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)

def add(p, q):
    (x1, y1), (x2, y2) = p, q
    k = D * x1 * x2 * y1 * y2 % P
    inverse = pow(1 - k * k, -1, P)
    return (x1 * y2 + x2 * y1) * (1 - k) * inverse % P, (y1 * y2 + x1 * x2) * (1 + k) * inverse % P

def multiply(n, p):
    out = 0, 1
    while n:
        out, p, n = (add(out, p) if n & 1 else out), add(p, p), n >> 1
    return out

def point(data):
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * ROOT % P
    p = (x if x & 1 == sign else P - x), y
    return p if y < P and x * x % P == square and multiply(8, p) != (0, 1) else None
BASE = point(b"\x58" + b"\x66" * 31)

def ed25519(key, message, signature):
    a, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    return len(signature) == 64 and bool(a and r and s < L) and multiply(s, BASE) == add(r, multiply(k, a))

# ---- C2SP: keys, signed notes, checkpoints; Merkle proofs (RFC 9162, 2.1) ----
NAME = r"[^\s+\0-\x1f\x7f-\x9f]+"
def unbase64(text):
    need(re.fullmatch("[A-Za-z0-9+/]*={0,2}", text) and base64.b64encode(base64.b64decode(text)).decode() == text, *FORM)
    return base64.b64decode(text)

def parse_key(text):
    """vkey -> (name, id, type, public key); type 1 signs the text, type 4 (a witness) a time and the text."""
    name, key_id, key = text.split("+", 2)
    key = unbase64(key)
    need(re.fullmatch(NAME, name) and sha256(name.encode(), b"\n", key)[:4].hex() == key_id, *KEY)
    need(len(key) == 33 and key[0] in (1, 4), *KEY)
    return name, key_id, key[0], key[1:]

def open_checkpoint(note, log, witnesses):
    """-> size, root, {witness: time}. Signatures of unknown keys are ignored; each of a known key must hold."""
    need(note.endswith("\n") and not re.search("[\0-\x09\x0b-\x1f]", note), *FORM)
    cut, signed = note.rindex("\n\n") + 1, {}
    text, lines = note[:cut], note[cut + 1:-1].split("\n")
    for line in lines:
        dash, name, blob = line.split(" ", 2)
        blob = unbase64(blob)
        need(dash == "—" and re.fullmatch(NAME, name) and len(blob) > 4 and len(lines) <= 100, *FORM)
        for key in {log, *witnesses}:
            if key[:2] == (name, blob[:4].hex()):
                at = int.from_bytes(blob[4:12], "big") if key[2] == 4 else 0
                message = f"cosignature/v1\ntime {at}\n{text}" if key[2] == 4 else text
                good = at < 2**63 and ed25519(key[3], message.encode(), blob[12 if key[2] == 4 else 4:])
                need(good, f"{name} 的签名无效", f"the signature of {name} does not hold")
                signed[key] = at
    origin, size, root, *more = text[:-1].split("\n")
    need(origin and all(more) and len(unbase64(root)) == 32 and re.fullmatch("0|[1-9][0-9]*", size), *FORM)
    need(log in signed and origin == log[0], "检查点没有账本的签名", "the checkpoint is not signed by the log")
    return int(size), unbase64(root), {key: at for key, at in signed.items() if key != log}

def root_by_proof(leaf, index, size, proof):
    need(index < size < 2**64 and bool(proof) == (size > 1), *TREE)
    if size == 1: return leaf
    left, near, far = 1 << (size - 1).bit_length() - 1, proof[:-1], proof[-1]
    if index < left: return sha256(b"\1", root_by_proof(leaf, index, left, near), far)
    return sha256(b"\1", far, root_by_proof(leaf, index - left, size - left, near))

# ---- entries ----
DAY, HASH, ID, COUNT = r"\d{4}-\d\d-\d\d", "[0-9a-f]{64}", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", r"0|[1-9]\d*"
FORMS = dict(_t="[a-z_]+", _v="1", actor=f"system|[a-z]+:{ID}", commit=HASH, effective_on=DAY, institution=ID,
             institution_prev=HASH, institution_seq=COUNT, ledger=r"\d{6}(-[1-9]\d*)?", policy=HASH, prev=HASH,
             recorded_at=DAY + r"T\d\d:\d\d:\d\d\.\d{6}Z", seq=COUNT)
LINK = {"institution", "institution_prev", "institution_seq"}
POSTS = dict(rule.strip().split("=") for rule in """fee_paid=@ prepaid:;refund_paid=refund: @;
refund_returned=@ refund:;lesson_confirmed=prepaid: payable;lesson_disputed=prepaid: disputed:;
dispute_decided institution=disputed: payable;dispute_decided family=disputed: prepaid:;refund_consented=prepaid: refund:;
settlement_paid=payable @;settlement_returned=@ payable;bank_line_suspended credit=@ suspense;
bank_line_suspended debit=suspense @;suspense_cleared credit=suspense @;suspense_cleared debit=@ suspense;
deposit_paid=bank:deposit deposit;deposit_released=deposit bank:deposit;deposit_claimed=deposit bank:deposit;
interest_credited=@ interest;interest_allotted=interest refund:""".replace("@", "bank:custody").split(";"))  # from, to

def parse_entry(data):
    """The entry, if its bytes are the canonical ones and its postings those that its data require."""
    text = data.decode()
    need(len(data) < 65_536 and re.fullmatch(r"[{}\[\]:,]*", re.sub(r'"(\\.|[^"\\])*"', "", text)), *CANON)
    entry = json.loads(text)
    need(json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True) == text, *CANON)
    need(unicodedata.is_normalized("NFC", text) and not re.search("[\0-\x1f\x7f-\x9f]", text), *CANON)
    need({*entry} | {"commit", *LINK} == {*FORMS, "data", "postings"} and len(LINK & {*entry}) in (0, 3), *CANON)
    need(all(re.fullmatch(FORMS[key], entry[key], re.A) for key in FORMS if key in entry), *CANON)
    need((entry["seq"] == "0") == (entry["prev"] == "0" * 64) == (entry["_t"] == "ledger_opened"), *CANON)
    said, kind = entry["data"], entry["_t"]
    posts = POSTS.get(kind) or POSTS.get(f"{kind} {said.get('decision', said.get('direction'))}", "")
    accounts = [a + said["contract"] if a[-1] == ":" else a for a in posts.split()]
    fen = int(said.get("amount_fen") or sum(int(lot["fen"]) for lot in said["lots"])) if accounts else 0
    moves = [{"account": a, "fen": str(f)} for a, f in zip(accounts, (fen, -fen)) if f]
    need(entry["postings"] == moves, "分录与记录内容不符", "the postings are not those that the entry requires")
    return entry

# ---- files ----
def from_qr(text):
    """tutela1: and digits, 17 for 7 bytes. The bytes: n in two, n of deflate, and what the marks in it take."""
    digits = re.match("[0-9]*", text.split("tutela1:", 1)[1])[0]
    need(len(digits) == -(-(len(digits) * 7 // 17) * 17 // 7), *FORM)
    data = b"".join(int(d).to_bytes(len(d) * 7 // 17, "big") for d in re.findall("[0-9]{1,17}", digits))
    n, inflate = int.from_bytes(data[:2], "big") + 2, zlib.decompressobj(-15)
    marked, tail = inflate.decompress(data[2:n], 300_000), iter(data[n:])
    take = lambda size: base64.b64encode(bytes(next(tail) for _ in range(size)))
    put = lambda m: (base64.b64encode(m[3]) if m[3] is not None else take(m[1][0]) if m[1] else
                     b"".join(take(32) + b"\n" for _ in range(m[2][0])))
    text = re.sub(b"\0(.)|\1(.)|\2([^\3]*)\3", put, marked, flags=re.S)
    need(inflate.eof and not inflate.unused_data and next(tail, None) is None, *FORM)
    return text.decode()

def receipt(file, witnesses):
    text = file.read(300_001).decode()
    head, proof, note = (text if text.startswith("tutela-receipt/") else from_qr(text)).split("\n\n", 2)
    vkey, data = re.fullmatch("tutela-receipt/v1\nlog (.*)\nentry (.*)", head).groups()
    index, hashes = re.fullmatch("c2sp.org/tlog-proof@v1\n(?:extra .*\n)?index ([0-9]+)((?:\n.+){0,63})", proof).groups()
    log, data, hashes = parse_key(vkey), unbase64(data), [unbase64(line) for line in hashes.split("\n")[1:]]
    entry, (size, root, cosigned) = parse_entry(data), open_checkpoint(note, log, witnesses)
    need(index == entry["seq"] and all(len(hash) == 32 for hash in hashes), *FORM)
    need(root == root_by_proof(sha256(b"\0", data), int(index), size, hashes), *TREE)
    print(json.dumps(entry, ensure_ascii=False, indent=1))
    return log, size, cosigned

def export(file, witnesses):
    head = b"".join(file.readline(4_098) for _ in range(4)).decode()
    vkey, size = re.fullmatch("tutela-export/v1\nlog (.*)\nsize ([0-9]+)\n\n", head).groups()
    log, at, leaf, leaves, chains = parse_key(vkey), "", bytes(32), [], {}
    for seq in range(int(size)):
        try:
            data = file.readline(65_537)[:-1]
            entry, prev, leaf = parse_entry(data), leaf, sha256(b"\0", data)
            said, links = entry["data"], [entry.get(key) for key in sorted(LINK)]
            need(entry["seq"] == str(seq) and entry["prev"] == prev.hex() and entry["recorded_at"] > at, *LINKS)
            need(seq or (said["origin"], said["vkey"], said["region"]) == (log[0], vkey, entry["ledger"][:6]), *KEY)
            for chain, prev, n in links, (said.get("contract"), None, said.get("contract_seq")):
                count, before = chains.get(chain, (0, bytes(32)))
                need(not chain or n == str(count + 1) and prev in (None, before.hex()), *LINKS)
                chains[chain] = count + 1, leaf
            need(chains.setdefault("ledger", entry["ledger"]) == entry["ledger"], *LINKS)
        except BROKEN as wrong:
            zh, en = wrong.args if isinstance(wrong, Wrong) else CANON
            raise Wrong(f"第 {seq} 条记录：{zh}", f"entry {seq}: {en}") from None
        at, leaves[seq:] = entry["recorded_at"], [leaf]
    need(file.read(1) == b"\n", *FORM)
    signed, root, cosigned = open_checkpoint(file.read(1_000_001).decode(), log, witnesses)
    while len(leaves) > 1:
        leaves = [sha256(b"\1", *leaves[i:i + 2]) if leaves[i + 1:] else leaves[i] for i in range(0, len(leaves), 2)]
    need(str(signed) == size and root == (leaves or [sha256()])[0], *TREE)
    return log, signed, cosigned

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["receipt", "export"])
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--key", type=parse_key, metavar="VKEY")
    parser.add_argument("--witness", type=parse_key, metavar="VKEY", action="append", default=[])
    parser.add_argument("--quorum", type=int, metavar="N", default=0)
    a = parser.parse_args()
    try:
        with open(0 if a.file == "-" else a.file, "rb") as file:
            log, size, cosigned = {"receipt": receipt, "export": export}[a.what](file, a.witness)
            need(a.key in (None, log) and log[2] == 1, *KEY)
    except OSError as error:
        parser.error(f"无法读取 cannot read: {error}")
    except BROKEN as wrong:
        print("不成立 DOES NOT HOLD:", *(wrong.args if isinstance(wrong, Wrong) else FORM), sep="\n  ")
        sys.exit(1)
    print(f"检查点 checkpoint: {log[0]}, {size} 条记录 entries")
    for witness, at in cosigned.items():
        print("见证 witness:", witness[0], time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(min(at, 2**37))))
    print("未核对：此后的记录、data 的取值、资金账 Not checked: later entries, values in data, the books")
    missing = ([] if a.key else ["公钥只来自文件本身 the key came from the file alone"]) + (
        [] if len(cosigned) >= a.quorum else [f"见证不足 cosignatures: {len(cosigned)} < {a.quorum}"])
    print(*missing, "未能核对全部内容 COULD NOT CHECK EVERYTHING" if missing else "成立 HOLDS", sep="\n")
    sys.exit(2 if missing else 0)
