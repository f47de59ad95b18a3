from django.db import migrations


def move_followers(apps, schema_editor):
    """Followers of initiatives become followers like those of anything else."""
    Follow = apps.get_model("records", "Follow")
    rows = apps.get_model("workspaces", "Follower").objects.values_list("person_id", "initiative__slug")
    follows = (Follow(person_id=person, kind="initiative", key=slug) for person, slug in rows.iterator())
    Follow.objects.bulk_create(follows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('records', '0002_people_follow_records'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.RunPython(move_followers),
        migrations.DeleteModel(name='Follower'),
    ]
