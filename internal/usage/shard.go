package usage

import "hash/fnv"

// Whole stands for all shards.
const Whole = -1

// shards is how many there are. Stores hold it in their marks; never change it.
const shards = 256

// shard is the shard of the key's owner and device.
func (k Key) shard() int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(k.Owner + k.Device)) // never fails (hash.Hash)
	return int(h.Sum32() % shards)
}

// part is what one transaction stores.
type part struct {
	rows []Row
	mark Mark
}

// parts deals rows out to transactions: few to one for the whole, many to one
// for each shard and then one that moves the shards without rows.
func parts(rows []Row, seq, number int64) []part {
	if len(rows) <= few {
		return []part{{rows, Mark{Whole, seq, number + 1}}}
	}
	var by [shards][]Row
	for _, r := range rows {
		s := r.shard()
		by[s] = append(by[s], r)
	}
	var all []part
	for s, rows := range by {
		if len(rows) > 0 {
			number++
			all = append(all, part{rows, Mark{s, seq, number}})
		}
	}
	return append(all, part{nil, Mark{Whole, seq, number + 1}})
}
