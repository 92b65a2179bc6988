for name in bananas apples; do
  if said=$(ls "/tmp/$name" 2>&1); then echo "$name: is there"; else echo "$name: ${said##*: }"; fi
done
