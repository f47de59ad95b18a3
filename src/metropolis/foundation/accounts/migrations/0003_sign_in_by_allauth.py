from django.apps.registry import Apps
from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.functions import Lower


def write_addresses_small(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """As allauth keeps and looks for them; no two differ in nothing but this."""
    apps.get_model("accounts", "Person").objects.update(email=Lower("email"))


def make_cache(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """So that a site needs no further command; nothing happens where the table is there."""
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_organisations_decide_who_joins'),
    ]

    operations = [
        migrations.RunPython(write_addresses_small, migrations.RunPython.noop),
        migrations.RunPython(make_cache, migrations.RunPython.noop),
        migrations.DeleteModel(name='FailedSignIn'),
    ]
