import click
@click.command()
def fit(): pass
