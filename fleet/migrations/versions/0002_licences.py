"""Licences: terms of what was bought, places and courses of timetables, use by hour, persons assigned, allocation."""

import sqlalchemy as sa
from alembic import op

from inventory.columns import Key, Moment

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table('licenses_assigned',
    sa.Column('id', Key, nullable=False),
    sa.Column('source', sa.String(80), nullable=False),
    sa.Column('product', sa.String(100), nullable=False),
    sa.Column('on_day', sa.Date(), nullable=False),
    sa.Column('assigned', sa.Integer(), nullable=False),
    sa.Column('active', sa.Integer(), nullable=True),
    sa.Column('days', sa.Integer(), nullable=True),
    sa.CheckConstraint('assigned >= 0', name=op.f('ck_licenses_assigned_assigned')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licenses_assigned'))
    )
    with op.batch_alter_table('licenses_assigned', schema=None) as batch_op:
        batch_op.create_index('uq_licenses_assigned', ['source', 'product', 'on_day'], unique=True)

    op.create_table('licenses_course',
    sa.Column('code', sa.String(80), nullable=False),
    sa.Column('pathway', sa.String(20), nullable=False),
    sa.Column('course', sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_licenses_course'))
    )
    op.create_table('licenses_peak',
    sa.Column('id', Key, nullable=False),
    sa.Column('source', sa.String(120), nullable=False),
    sa.Column('feature', sa.String(120), nullable=False),
    sa.Column('product', sa.String(100), nullable=False),
    sa.Column('site', sa.String(40), nullable=False),
    sa.Column('within', sa.String(100), nullable=False),
    sa.Column('hour', Moment(), nullable=False),
    sa.Column('in_use', sa.Integer(), nullable=True),
    sa.Column('issued', sa.Integer(), nullable=True),
    sa.Column('reserved', sa.Integer(), nullable=True),
    sa.Column('queued', sa.Integer(), nullable=True),
    sa.Column('denied', sa.Integer(), nullable=True),
    sa.Column('polls', sa.Integer(), nullable=False),
    sa.CheckConstraint('in_use >= 0', name=op.f('ck_licenses_peak_in_use')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licenses_peak'))
    )
    with op.batch_alter_table('licenses_peak', schema=None) as batch_op:
        batch_op.create_index('ix_licenses_peak_product', ['product', 'hour'], unique=False)
        batch_op.create_index('uq_licenses_peak', ['source', 'product', 'feature', 'hour'], unique=True)

    op.create_table('licenses_school',
    sa.Column('school', sa.String(200), nullable=False),
    sa.Column('site', sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint('school', name=op.f('pk_licenses_school'))
    )
    op.create_table('licenses_server',
    sa.Column('name', sa.String(80), nullable=False),
    sa.Column('kind', sa.String(20), nullable=False),
    sa.Column('address', sa.String(200), nullable=False),
    sa.Column('site', sa.String(40), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_licenses_server'))
    )
    op.create_table('licenses_server_state',
    sa.Column('source', sa.String(120), nullable=False),
    sa.Column('at', Moment(), nullable=False),
    sa.Column('state', sa.String(20), nullable=False),
    sa.Column('reason', sa.String(300), nullable=False),
    sa.PrimaryKeyConstraint('source', name=op.f('pk_licenses_server_state'))
    )
    op.create_table('licenses_allocation',
    sa.Column('id', Key, nullable=False),
    sa.Column('entitlement_id', Key, nullable=False),
    sa.Column('lab_id', Key, nullable=True),
    sa.Column('section', sa.String(100), nullable=False),
    sa.Column('seats', sa.Integer(), nullable=False),
    sa.Column('made_at', Moment(), nullable=False),
    sa.CheckConstraint('seats > 0', name=op.f('ck_licenses_allocation_seats')),
    sa.ForeignKeyConstraint(['entitlement_id'], ['licenses_entitlement.id'], name=op.f('fk_licenses_allocation_entitlement_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['lab_id'], ['inventory_lab.id'], name=op.f('fk_licenses_allocation_lab_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licenses_allocation'))
    )
    with op.batch_alter_table('licenses_allocation', schema=None) as batch_op:
        batch_op.create_index('uq_licenses_allocation', ['entitlement_id', 'lab_id', 'section'], unique=True)

    op.create_table('licenses_location',
    sa.Column('id', Key, nullable=False),
    sa.Column('site', sa.String(40), nullable=False),
    sa.Column('location', sa.String(200), nullable=False),
    sa.Column('lab_id', Key, nullable=False),
    sa.ForeignKeyConstraint(['lab_id'], ['inventory_lab.id'], name=op.f('fk_licenses_location_lab_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_licenses_location'))
    )
    with op.batch_alter_table('licenses_location', schema=None) as batch_op:
        batch_op.create_index('uq_licenses_location', ['site', 'location'], unique=True)

    with op.batch_alter_table('licenses_entitlement', schema=None) as batch_op:
        batch_op.add_column(sa.Column('release', sa.String(40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('maintenance_end', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('devices_per_seat', sa.Integer(), server_default='1', nullable=False))
        batch_op.add_column(sa.Column('cte_only', sa.Boolean(), nullable=True))

    with op.batch_alter_table('licenses_section', schema=None) as batch_op:
        batch_op.add_column(sa.Column('site', sa.String(40), server_default='', nullable=False))
        batch_op.add_column(sa.Column('grades', sa.String(40), server_default='', nullable=False))
        batch_op.alter_column('lab_id',
               existing_type=sa.INTEGER(),
               nullable=True)

    op.execute(
        "update licenses_section set site = (select s.code from inventory_lab l join inventory_site s on s.id = l.site_id"
        " where l.id = licenses_section.lab_id)"
    )
    with op.batch_alter_table('licenses_section', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('uq_licenses_section'))
        batch_op.create_index('uq_licenses_section', ['site', 'course', 'code', 'start_on'], unique=True)



def downgrade() -> None:
    """Back from it."""
    op.execute("delete from licenses_section where lab_id is null")  # 0001 has no place for them
    with op.batch_alter_table('licenses_section', schema=None) as batch_op:
        batch_op.drop_index('uq_licenses_section')
        batch_op.create_index('uq_licenses_section', ['lab_id', 'course', 'code', 'start_on'], unique=True)
        batch_op.alter_column('lab_id',
               existing_type=sa.INTEGER(),
               nullable=False)
        batch_op.drop_column('grades')
        batch_op.drop_column('site')

    with op.batch_alter_table('licenses_entitlement', schema=None) as batch_op:
        batch_op.drop_column('cte_only')
        batch_op.drop_column('devices_per_seat')
        batch_op.drop_column('maintenance_end')
        batch_op.drop_column('release')

    with op.batch_alter_table('licenses_location', schema=None) as batch_op:
        batch_op.drop_index('uq_licenses_location')

    op.drop_table('licenses_location')
    with op.batch_alter_table('licenses_allocation', schema=None) as batch_op:
        batch_op.drop_index('uq_licenses_allocation')

    op.drop_table('licenses_allocation')
    op.drop_table('licenses_server_state')
    op.drop_table('licenses_server')
    op.drop_table('licenses_school')
    with op.batch_alter_table('licenses_peak', schema=None) as batch_op:
        batch_op.drop_index('uq_licenses_peak')
        batch_op.drop_index('ix_licenses_peak_product')

    op.drop_table('licenses_peak')
    op.drop_table('licenses_course')
    with op.batch_alter_table('licenses_assigned', schema=None) as batch_op:
        batch_op.drop_index('uq_licenses_assigned')

    op.drop_table('licenses_assigned')
