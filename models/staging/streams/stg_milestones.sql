{{ used_stream('milestones') }}
