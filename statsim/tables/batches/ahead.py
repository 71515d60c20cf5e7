"""Reading one item ahead of its use, so that unpacking a file and computing with its rows go on at the same time."""

from concurrent.futures import ThreadPoolExecutor

from statsim.blocks import thread_count

_END = object()


def one_ahead(items):
    """The same items; the next is made by a thread of its own while one is used, where the process may use two threads.

    What making an item raises is raised where the item would have come.
    """
    items = iter(items)
    if thread_count() < 2:
        yield from items
        return
    with ThreadPoolExecutor(1, thread_name_prefix="statsim-read") as pool:
        coming = pool.submit(next, items, _END)
        while (item := coming.result()) is not _END:
            coming = pool.submit(next, items, _END)
            yield item
