{{ dated_stream('milestones') }}
