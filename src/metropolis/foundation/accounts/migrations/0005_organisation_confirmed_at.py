from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0004_names_take_one_line'),
    ]

    operations = [
        migrations.AddField(
            model_name='organisation',
            name='confirmed_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='confirmed at'),
        ),
    ]
