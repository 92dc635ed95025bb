#!/usr/bin/env python3
"""Opens a Keyfold folder with its key, from docs/format.md alone: none of the project's code is here. Python's own library, and `cryptography`.

    keyfold.py folder <data folder> < key    the key's 64 bytes in hex on standard input; prints JSON: every version's path, trash mark and SHA-256
    keyfold.py tink <keyset.json> <associated data> <size> < ciphertext          prints the SHA-256 of the content
"""
import base64, functools, gzip, hashlib, json, os, sqlite3, struct, sys, zlib
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

H = lambda data: hashlib.sha256(data).digest()
b64 = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
u32, u64 = functools.partial(struct.pack, ">I"), functools.partial(struct.pack, ">Q")


# 0. Notation

def hkdf(ikm, info, length=32, algorithm=hashes.SHA512(), salt=b"keyfold/1"):
    return HKDF(algorithm, length, salt, info).derive(ikm)

def padme(length):
    e = length.bit_length() - 1
    step = 1 << (e - e.bit_length())
    return (length + step - 1) // step * step

def unframe(framed):
    n = struct.unpack(">I", framed[:4])[0]
    assert len(framed) == padme(max(n + 4, 1024)) and not any(framed[4 + n:]), "frame"
    return framed[4:4 + n]


# 1. Keys

def derive(root):
    public = lambda kind, seed: kind.from_private_bytes(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    read = hkdf(root, b"read")
    keys = public(Ed25519PrivateKey, hkdf(root, b"sign")) + public(Ed25519PrivateKey, hkdf(root, b"auth"))
    keys += public(X25519PrivateKey, hkdf(root, b"inbox")) + public(Ed25519PrivateKey, hkdf(read, b"read/auth"))
    return keys, hkdf(read, b"read/log")


# 3. Blobs

def open_stream(ikm, associated_data, sealed):
    """Tink's AES256_GCM_HKDF_1MB."""
    assert sealed[0] == 40, "header"
    aes = AESGCM(hkdf(ikm, associated_data, 32, hashes.SHA256(), sealed[1:33]))
    starts = range(0, len(sealed), 1 << 20)
    nonce = lambda i: sealed[33:40] + u32(i) + bytes([i == len(starts) - 1])
    return b"".join(aes.decrypt(nonce(i), sealed[max(start, 40):start + (1 << 20)], None) for i, start in enumerate(starts))

def open_blob(descriptor, part):
    size, sealed_size = descriptor["size"], descriptor["sealedSize"]
    assert descriptor["suite"] == 1
    fits = [p + 40 + 16 * max(1, -(-(p + 40) // 1048560)) for p in (size, padme(max(size, 1024)))]
    assert sealed_size in fits, "sealedSize"
    parts = [part(descriptor["blob"], i) for i in range(-(-sealed_size // (4 << 20)))]
    assert H(b"".join(map(H, parts))) == b64(descriptor["digest"]) and sum(map(len, parts)) == sealed_size, "digest"
    plain = open_stream(b64(descriptor["key"]), b"keyfold/1 blob " + descriptor["blob"].encode(), b"".join(parts))
    assert not any(plain[size:]), "padding"
    return plain[:size]


# 4. The log

def gunzip(member, limit=16 << 20):
    inflate = zlib.decompressobj(31)
    data = inflate.decompress(member, limit)
    assert inflate.eof and not inflate.unused_data, "gzip"
    return data

def counted(body):
    n = struct.unpack(">I", body[:4])[0]
    return body[4:4 + n], body[4 + n:]

def verify(public, signature, message):
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)

def follow(records, root, part):
    own, log_key = derive(root)
    nodes, head, epoch, first = {}, bytes(32), 0, False
    for seq, (kind, body) in enumerate(records):
        if kind == 0:
            assert seq == 0
            mode, keys, signatures = body[:1], body[1:129], [body[129:]]
            folder = H(b"keyfold/1 folder\0" + mode + keys)[:16]
            message = b"keyfold/1 genesis\0" + folder + mode + keys
            verify(keys[:32], signatures[0], message)
        elif kind == 2:
            message = b"keyfold/1 rekey\0" + folder + u32(epoch + 1) + u64(seq) + head + body[:128]
            signatures = [body[128:192], body[192:]]
            verify(keys[:32], signatures[0], message)
            verify(body[:32], signatures[1], message)
            keys, epoch, first = body[:128], epoch + 1, True
        else:
            if kind == 1:
                clear, rest = counted(body)
                sealed, signature = counted(rest)
                hash_clear, hash_sealed = H(clear), H(sealed)
            else:
                hash_clear, hash_sealed, signature = body[:32], body[32:64], body[64:]
            aad = b"keyfold/1 entry\0" + folder + u32(epoch) + u64(seq) + head + hash_clear
            message, signatures = aad + hash_sealed, [signature]
            verify(keys[:32], signature, message)
            if keys == own:
                assert kind == 1, "an entry of the last epoch is missing"
                entry = json.loads(gunzip(unframe(AESGCM(log_key).decrypt(sealed[:12], sealed[12:], aad))))
                assert entry["v"] == 1
                if first:
                    nodes = snapshot(entry["ops"][0], part)
                for op in entry["ops"]:
                    fold(nodes, op)
            first = False
        head = H(b"keyfold/1 head\0" + head + H(message) + b"".join(signatures))
    assert keys == own and not first, "another key is needed, or the change of keys is not complete"
    return nodes

def snapshot(op, part):
    assert op["op"] == "snapshot"
    lines = gzip.decompress(open_blob(op["descriptor"], part)).split(b"\n")
    assert lines.pop() == b"" and H(b"".join(map(H, lines))) == b64(op["state"]), "state"
    assert json.loads(lines[0])["v"] == 1
    listed = [json.loads(line) for line in lines[1:]]
    return {node["node"]: {**node, "versions": [v["descriptor"] for v in node.get("versions", [])]} for node in listed}

def live(nodes, node):
    """Stands, and neither it nor a directory above it is in the trash."""
    while node is not None:
        if node not in nodes or nodes[node].get("trashed"):
            return False
        node = nodes[node]["parent"]
    return True

def fold(nodes, op):
    kind, node = op["op"], nodes.get(op.get("node"))
    holds = lambda parent: parent is None or (live(nodes, parent) and nodes[parent]["kind"] == "directory")
    blobs = [v["blob"] for v in node["versions"]] if node else []
    if kind in ("mkdir", "add") and node is None and holds(op["parent"]):
        what = {"kind": "directory" if kind == "mkdir" else "file", "versions": [op["version"]] if kind == "add" else []}
        nodes[op["node"]] = {"node": op["node"], "parent": op["parent"], "name": op["name"], **what}
    elif kind == "restore" and node:
        node["trashed"] = False
    elif kind == "reseal" and op["from"] in blobs:
        node["versions"][blobs.index(op["from"])] = op["to"]
    elif kind == "purge" and "nodes" in op:
        if all(n in nodes for n in op["nodes"]) and all(n["node"] in op["nodes"] for n in nodes.values() if n["parent"] in op["nodes"]):
            for n in op["nodes"]:
                del nodes[n]
    elif kind == "purge":
        earlier = {v["blob"] for n in nodes.values() for v in n["versions"][:-1]}
        if all(blob in earlier for blob in op["versions"]):
            for n in nodes.values():
                n["versions"] = [v for v in n["versions"] if v["blob"] not in op["versions"]]
    elif node and live(nodes, op["node"]):
        if kind == "replace" and blobs[-1:] == [op["base"]]:
            node["versions"].append(op["version"])
        elif kind == "revert" and op["blob"] in blobs:
            node["versions"].append(node["versions"].pop(blobs.index(op["blob"])))
        elif kind == "rename":
            node["name"] = op["name"]
        elif kind == "move" and holds(op["parent"]) and op["node"] not in path(nodes, op["parent"]):
            node["parent"] = op["parent"]
        elif kind == "trash":
            node["trashed"] = True

def path(nodes, node):
    ids = []
    while node is not None:
        ids.insert(0, node)
        node = nodes[node]["parent"]
    return ids


# 11. What a server keeps

def folder(data, root):
    db = sqlite3.connect(os.path.join(data, "keyfold.db"))
    key_id = H(b"keyfold/1 key\0" + derive(root)[0])[:16].hex()
    (name,) = db.execute("select folder from folder_key where key_id = ?", [key_id]).fetchone()
    rows = db.execute("select r.kind, r.size, r.wire, b.bytes from log_record r left join sealed_body b on b.folder = r.folder and b.seq = r.seq where r.folder = ? order by r.seq", [name])
    wires = [body[:size - 4] if kind == 1 and body else wire for kind, size, wire, body in rows]
    part = lambda blob, i: open(os.path.join(data, "blobs", name, blob[:2], f"{blob}.{i}"), "rb").read()
    nodes = follow([(wire[0], wire[1:]) for wire in wires], root, part)
    for node in nodes.values():
        names = [nodes[n]["name"] for n in path(nodes, node["node"])]
        for at, version in enumerate(node["versions"]):
            current = at == len(node["versions"]) - 1
            yield {"path": names, "live": live(nodes, node["node"]), "current": current, "sha256": H(open_blob(version, part)).hex()}

def tink(keyset, associated_data, size, sealed):
    value = base64.b64decode(keyset["key"][0]["keyData"]["value"])
    # AesGcmHkdfStreamingKey: params (2) {segment size 2^20, derived key 32, SHA256}, key_value (3)
    assert value[:12] == bytes.fromhex("120808808040102018031a20") and len(value) == 44
    return H(open_stream(value[12:], associated_data, sealed)[:size]).hex()

if __name__ == "__main__":
    if sys.argv[1] == "folder":
        print(json.dumps(list(folder(sys.argv[2], bytes.fromhex(sys.stdin.read().strip())))))
    else:
        print(tink(json.load(open(sys.argv[2])), sys.argv[3].encode(), int(sys.argv[4]), sys.stdin.buffer.read()))
