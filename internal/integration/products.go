package integration

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/fieldhook/fieldhook/internal/fault"
)

// MaxProducts bounds the list of an organization's integration.
const MaxProducts = 1000

// ReadProducts reads a JSON list of product numbers; clients also send them as
// text, and forms the whole list. Nothing and null are the empty list. The
// result is ascending, without doubles. Errors: a fault that names product_ids.
func ReadProducts(list []byte) ([]int64, error) {
	if text, ok := (member{raw: list}).text(); ok {
		list = bytes.TrimSpace([]byte(text))
	}
	if len(list) == 0 || list[0] == 'n' {
		return nil, nil
	}
	wrong := fault.Field("product_ids", "must be a list of product numbers, such as [10001,10002].")
	var compact bytes.Buffer
	if list[0] != '[' || json.Compact(&compact, list) != nil {
		return nil, wrong
	}
	var products []int64
	for _, raw := range elements(compact.Bytes()) {
		n, err := strconv.ParseInt(strings.Trim(string(raw), `"`), 10, 64)
		if err != nil || n < 1 {
			return nil, wrong
		}
		products = append(products, n)
	}
	if len(products) > MaxProducts {
		return nil, fault.Field("product_ids", "has at most %d products.", MaxProducts)
	}
	slices.Sort(products)
	return slices.Compact(products), nil
}

// productList is the list as JSON.
func productList(products []int64) json.RawMessage {
	list := []byte{'['}
	for i, n := range products {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, n, 10)
	}
	return append(list, ']')
}
