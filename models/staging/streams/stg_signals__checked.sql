{{ checked_stream('signals') }}
