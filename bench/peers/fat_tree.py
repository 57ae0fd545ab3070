"""The shape of a fat tree, for bench/compare and its peers; bench/floor has the same."""


def fat_tree_of(count):
    """How many routers the largest fat tree of at most `count` nodes has, which are numbered first (the core, then
    each pod's upper and lower ones), and its cables as pairs (upper, lower)."""
    half = 1
    while 5 * (half + 1) ** 2 + 2 * (half + 1) ** 3 <= count:
        half += 1
    core, pods = half * half, 2 * half
    routers = core + pods * pods
    cables = []
    for pod in range(pods):
        upper = core + pod * pods
        cables += [(place * half + i, upper + place) for place in range(half) for i in range(half)]
        cables += [(upper + i, upper + half + place) for place in range(half) for i in range(half)]
        cables += [(upper + half + place, routers + (pod * half + place) * half + i)
                   for place in range(half) for i in range(half)]
    return routers, cables
