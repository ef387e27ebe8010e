{{ checked_stream('milestones') }}
