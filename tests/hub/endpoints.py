"""The Hub's endpoints, as far as the client and `datasets` use them, on a store. Errors carry the Hub's own headers."""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qs, unquote

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .store import Entry, Repository, Store, Tree

LARGEST = 64 << 20  # bytes of one request's body
USER = "tester"


class RefusedError(Exception):
    """An answer that is an error."""

    def __init__(self, status: int, message: str, code: str = "") -> None:
        super().__init__(message)
        headers = {"X-Error-Message": message} | ({"X-Error-Code": code} if code else {})
        self.response = JSONResponse({"error": message}, status, headers)


async def body_of(request: Request) -> bytes:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise RefusedError(413, "Payload Too Large")
    return body


async def json_of(request: Request) -> Any:
    return json.loads(await body_of(request))


class Endpoints:
    """The answers of one server. Reading a public repository needs no token, everything else needs ``token``."""

    def __init__(self, store: Store, url: str, token: str) -> None:
        self.store = store
        self.url = url
        self.token = token

    def application(self) -> Starlette:
        api = "/api/datasets/{owner}/{name}"
        routes = (
            ("POST", "/api/repos/create", self.create),
            ("POST", "/api/validate-yaml", self.validate_yaml),
            ("POST", f"{api}/preupload/{{revision}}", self.preupload),
            ("POST", "/datasets/{owner}/{name}.git/info/lfs/objects/batch", self.lfs_batch),
            ("PUT", "/lfs/{oid}", self.lfs_upload),
            ("POST", "/lfs/{oid}/verify", self.lfs_verify),
            ("POST", f"{api}/commit/{{revision}}", self.commit),
            ("POST", f"{api}/tag/{{revision}}", self.tag),
            ("GET", f"{api}/refs", self.refs),
            ("GET", f"{api}/commits/{{revision}}", self.commits),
            ("GET", api, self.info),
            ("GET", f"{api}/revision/{{revision}}", self.info),
            ("GET", f"{api}/tree/{{revision}}", self.tree),
            ("GET", f"{api}/tree/{{revision}}/{{path:path}}", self.tree),
            ("POST", f"{api}/paths-info/{{revision}}", self.paths_info),
            ("GET", "/datasets/{owner}/{name}/resolve/{revision}/{path:path}", self.resolve),
        )
        return Starlette(
            routes=[Route(path, answer, methods=[method]) for method, path, answer in routes],
            exception_handlers={RefusedError: lambda _, refused: refused.response},
        )

    # Who asks, and for what.

    def _need_token(self, request: Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            raise RefusedError(401, "Invalid credentials in Authorization header")

    def _repository(self, request: Request, *, write: bool = False) -> Repository:
        known = bool(request.headers.get("Authorization"))
        if known or write:
            self._need_token(request)
        repository = self.store.repositories.get("{owner}/{name}".format(**request.path_params))
        if repository is None or (repository.private and not known):
            raise RefusedError(404 if known else 401, "Repository not found", "RepoNotFound")
        return repository

    def _commit(self, request: Request, repository: Repository) -> str:
        revision = request.path_params.get("revision", "main")
        commit = repository.commit(revision)
        if commit is None:
            raise RefusedError(404, f"Invalid rev id: {revision}", "RevisionNotFound")
        return commit

    def _tree(self, request: Request) -> Tree:
        repository = self._repository(request)
        return repository.commits[self._commit(request, repository)]["tree"]

    # Writing.

    async def create(self, request: Request) -> Response:
        self._need_token(request)
        asked = await json_of(request)
        name = f"{asked.get('organization') or USER}/{asked['name']}"
        url = f"{self.url}/datasets/{name}"
        if name in self.store.repositories:
            return JSONResponse({"error": "You already created this dataset repo", "url": url}, 409)
        self.store.make(name, private=asked.get("visibility") == "private")
        return JSONResponse({"url": url})

    async def validate_yaml(self, request: Request) -> Response:
        content = (await json_of(request))["content"]
        errors, warnings = [], []
        try:
            header = yaml.safe_load(content.split("---")[1])
            if not isinstance(header.get("configs", []), list):
                errors.append({"message": '"configs" must be an array'})
            if "license" not in header:
                warnings.append({"message": '"license" is missing'})
        except (yaml.YAMLError, IndexError) as error:
            errors.append({"message": str(error)})
        return JSONResponse({"errors": errors, "warnings": warnings}, 400 if errors else 200)

    async def preupload(self, request: Request) -> Response:
        repository = self._repository(request, write=True)
        tree = repository.commits[self._commit(request, repository)]["tree"]
        rules = self.store.content(tree[".gitattributes"]).decode().splitlines()
        large = [rule.split()[0] for rule in rules if "filter=lfs" in rule]
        answer = []
        for file in (await json_of(request))["files"]:
            lfs = any(fnmatch.fnmatch(file["path"].rpartition("/")[2], pattern) for pattern in large)
            known = tree.get(file["path"])
            answer.append(
                {
                    "path": file["path"],
                    "uploadMode": "lfs" if lfs else "regular",
                    "shouldIgnore": False,
                    "oid": known and (known["sha256"] if known["lfs"] else self.store.oid(known)),
                }
            )
        return JSONResponse({"files": answer})

    async def lfs_batch(self, request: Request) -> Response:
        self._repository(request, write=True)
        objects = []
        for one in (await json_of(request))["objects"]:
            href = f"{self.url}/lfs/{one['oid']}"
            actions = {"upload": {"href": href, "header": {}}, "verify": {"href": f"{href}/verify"}}
            objects.append(one if self.store.blob(one["oid"]).exists() else one | {"actions": actions})
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def lfs_upload(self, request: Request) -> Response:
        content = await body_of(request)
        if hashlib.sha256(content).hexdigest() != request.path_params["oid"]:
            raise RefusedError(400, "the content has another sha256")
        self.store.keep(content, lfs=True)
        return Response()

    async def lfs_verify(self, request: Request) -> Response:
        self._need_token(request)
        asked = await json_of(request)
        blob = self.store.blob(asked["oid"])
        if not blob.exists() or blob.stat().st_size != asked["size"]:
            raise RefusedError(404, "no such object")
        return Response()

    async def commit(self, request: Request) -> Response:
        repository = self._repository(request, write=True)
        header, *operations = [json.loads(line) for line in (await body_of(request)).splitlines()]
        if header["value"].get("parentCommit", repository.main) != repository.main:
            raise RefusedError(412, "A commit has happened since. Please refresh and try again.")
        tree = dict(repository.tree("main"))
        for operation in operations:
            key, value = operation["key"], operation["value"]
            if key == "file":
                tree[value["path"]] = self.store.keep(base64.b64decode(value["content"]), lfs=False)
            elif key == "lfsFile" and self.store.blob(value["oid"]).exists():
                tree[value["path"]] = {"sha256": value["oid"], "size": value["size"], "lfs": True}
            elif key == "deletedFile" and value["path"] in tree:
                del tree[value["path"]]
            else:
                raise RefusedError(422, f"cannot do {key} of {value['path']}")
        commit = repository.add(header["value"]["summary"], tree)
        self.store.save()
        page = "{owner}/{name}/commit".format(**request.path_params)
        return JSONResponse({"commitOid": commit, "commitUrl": f"{self.url}/datasets/{page}/{commit}"})

    async def tag(self, request: Request) -> Response:
        repository = self._repository(request, write=True)
        commit, tag = self._commit(request, repository), (await json_of(request))["tag"]
        if tag in repository.tags:
            raise RefusedError(409, "Tag reference exists already")
        repository.tags[tag] = commit
        self.store.save()
        return Response()

    # Reading.

    async def refs(self, request: Request) -> Response:
        repository = self._repository(request)
        tags = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": id} for tag, id in repository.tags.items()]
        branches = [{"name": "main", "ref": "refs/heads/main", "targetCommit": repository.main}]
        return JSONResponse({"tags": tags, "branches": branches, "converts": []})

    async def commits(self, request: Request) -> Response:
        repository = self._repository(request)
        history = repository.history(self._commit(request, repository))
        author = {"message": "", "authors": [{"user": USER}]}
        return JSONResponse([{"id": id, "title": one["title"], "date": one["date"], **author} for id, one in history])

    async def info(self, request: Request) -> Response:
        repository = self._repository(request)
        commit = self._commit(request, repository)
        siblings = [{"rfilename": path} for path in repository.commits[commit]["tree"]]
        info = {"id": "{owner}/{name}".format(**request.path_params), "sha": commit, "private": repository.private}
        return JSONResponse(info | {"gated": False, "downloads": 0, "likes": 0, "tags": [], "siblings": siblings})

    async def tree(self, request: Request) -> Response:
        inside = unquote(request.path_params.get("path", ""))
        deep = request.query_params.get("recursive", "").lower() in {"true", "1"}
        start = f"{inside}/" if inside else ""
        below = {path: entry for path, entry in sorted(self._tree(request).items()) if path.startswith(start)}
        if not below:
            raise RefusedError(404, f"{inside} does not exist", "EntryNotFound")
        folders = {start + folder for path in below for folder in _folders(path.removeprefix(start))}
        entries = [_folder(path) for path in sorted(folders)]
        entries += [self._file(path, entry) for path, entry in below.items()]
        return JSONResponse([one for one in entries if deep or "/" not in one["path"].removeprefix(start)])

    async def paths_info(self, request: Request) -> Response:
        tree, body = self._tree(request), await body_of(request)
        is_json = request.headers.get("Content-Type", "").startswith("application/json")
        paths = json.loads(body)["paths"] if is_json else parse_qs(body.decode())["paths"]
        folders = {folder for path in tree for folder in _folders(path)}
        found = [self._file(path, tree[path]) for path in paths if path in tree]
        return JSONResponse([*found, *(_folder(path) for path in paths if path in folders)])

    def _file(self, path: str, entry: Entry) -> dict[str, Any]:
        shown = {"type": "file", "path": path, "size": entry["size"], "oid": self.store.oid(entry)}
        lfs = {"oid": entry["sha256"], "size": entry["size"], "pointerSize": 132}
        return shown | ({"lfs": lfs} if entry["lfs"] else {})

    async def resolve(self, request: Request) -> Response:
        repository = self._repository(request)
        commit = self._commit(request, repository)
        entry = repository.commits[commit]["tree"].get(request.path_params["path"])
        if entry is None:
            raise RefusedError(404, "Entry not found", "EntryNotFound")
        content, etag = self.store.content(entry), entry["sha256"] if entry["lfs"] else self.store.oid(entry)
        headers = {"X-Repo-Commit": commit, "ETag": f'"{etag}"', "Accept-Ranges": "bytes"}
        if entry["lfs"]:
            headers |= {"X-Linked-Etag": f'"{etag}"', "X-Linked-Size": str(len(content))}
        if asked := request.headers.get("Range"):
            first, _, last = asked.removeprefix("bytes=").partition("-")
            start = int(first) if first else max(len(content) - int(last), 0)
            end = min(int(last) + 1, len(content)) if first and last else len(content)
            headers |= {"Content-Range": f"bytes {start}-{end - 1}/{len(content)}"}
            return Response(content[start:end], 206 if start < end else 416, headers)
        return Response(content, headers=headers)


def _folders(path: str) -> Iterable[str]:
    parts = path.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))


def _folder(path: str) -> dict[str, Any]:
    return {"type": "directory", "path": path, "size": 0, "oid": hashlib.sha1(path.encode()).hexdigest()}
