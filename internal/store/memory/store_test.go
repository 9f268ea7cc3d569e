package memory_test

import (
	"testing"

	"github.com/fieldhook/fieldhook/internal/store/memory"
	"github.com/fieldhook/fieldhook/internal/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) storetest.Store { return memory.New() })
}
