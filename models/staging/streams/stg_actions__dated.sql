{{ dated_stream('actions') }}
