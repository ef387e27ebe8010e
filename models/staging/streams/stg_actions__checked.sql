{{ checked_stream('actions') }}
