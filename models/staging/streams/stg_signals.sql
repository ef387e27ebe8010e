{{ used_stream('signals') }}
