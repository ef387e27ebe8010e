{{ used_stream('actions') }}
